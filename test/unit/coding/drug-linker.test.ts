import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Linker, type MedicationConcept, RXNORM_SYSTEM } from '../../../src/coding/coding.ts';
import { openVocabulary } from '../../../src/coding/open.ts';

let linker: Linker;
beforeAll(async () => {
  linker = await openVocabulary();
});

/** Ingredients by name, `+` between them; the class; or `-`. */
function linked(text: string): string {
  const link = linker.linkDrug(text);
  if (link.kind === 'drug') {
    return link.ingredients
      .map((coding) => coding.display.toLowerCase())
      .sort()
      .join(' + ');
  }
  return link.kind === 'class' ? `class ${link.className}` : '-';
}

describe('a name as released', () => {
  test.each([
    ['lisinopril', 'IN', 'exact', 'lisinopril'],
    ['Lasix', 'BN', 'exact', 'furosemide'],
    ['metoprolol succinate', 'PIN', 'exact', 'metoprolol'],
    ['piperacillin / tazobactam', 'MIN', 'exact', 'piperacillin + tazobactam'],
    ['furosemide 40 MG Oral Tablet [Lasix]', 'SBD', 'exact', 'furosemide'],
  ])('%s', (text, termType, method, ingredients) => {
    expect(linker.linkDrug(text)).toMatchObject({ kind: 'drug', termType, method, score: 1 });
    expect(linked(text)).toBe(ingredients);
  });

  test('carries system, code, display as released, and version', () => {
    expect(linker.linkDrug('VANCOMYCIN')).toEqual({
      kind: 'drug',
      concept: {
        system: RXNORM_SYSTEM,
        version: '2025-10-06',
        code: '11124',
        display: 'vancomycin',
      },
      termType: 'IN',
      ingredients: [
        { system: RXNORM_SYSTEM, version: '2025-10-06', code: '11124', display: 'vancomycin' },
      ],
      method: 'exact',
      score: 1,
      matchedTerm: 'vancomycin',
    });
  });
});

describe('as clinicians write it', () => {
  test.each([
    ['Lipitor40mg', 'atorvastatin'],
    ['Lipitor 40', 'atorvastatin'],
    ['amoxicillin 500 mg tab', 'amoxicillin'],
    ['metoprolol succinate ER 50 mg daily', 'metoprolol'],
    ['lovenox 40mg SQ daily', 'enoxaparin'],
    ['Keppra 500mg BID', 'levetiracetam'],
    ['IV vancomycin', 'vancomycin'],
    ['PO vanc', 'vancomycin'],
    ['prednisone taper', 'prednisone'],
    ['vancomycin 1 g IV q12h', 'vancomycin'],
    ['ASA 81mg', 'aspirin'],
    ['asa', 'aspirin'],
    ['APAP', 'acetaminophen'],
    ['Paracetamol', 'acetaminophen'],
    ['HCTZ', 'hydrochlorothiazide'],
    ['MTX', 'methotrexate'],
    ['ara-C', 'cytarabine'],
    ['Ara C', 'cytarabine'],
    ['5-FU', 'fluorouracil'],
    ['5FU', 'fluorouracil'],
    ['INH', 'isoniazid'],
    ['6-MP', 'mercaptopurine'],
    ['AZT', 'zidovudine'],
    ['VP-16', 'etoposide'],
    ['MMF', 'mycophenolate mofetil'],
    ['NTG', 'nitroglycerin'],
    ['EtOH', 'ethanol'],
    ['MgSO4', 'magnesium sulfate'],
    ['KCl', 'potassium chloride'],
    ['vitamin B12', 'vitamin b12'],
    ['D-penicillamine', 'penicillamine'],
    ['warfarin sodium 5 mg', 'warfarin'],
    ['clomiphene citrate', 'clomiphene'],
    ['bupropion HCl', 'bupropion'],
    ['salbutamol', 'albuterol'],
    ['lignocaine', 'lidocaine'],
    ['adrenaline', 'epinephrine'],
    ['frusemide', 'furosemide'],
    ['sulphasalazine', 'sulfasalazine'],
    ['vincristin', 'vincristine'],
    ['Cefalexin', 'cephalexin'],
    ['DEPAKOTE', 'valproate'],
    ['Bactrim DS', 'sulfamethoxazole + trimethoprim'],
    ['TMP-SMX', 'sulfamethoxazole + trimethoprim'],
    ['co-trimoxazole', 'sulfamethoxazole + trimethoprim'],
    ['Augmentin', 'amoxicillin + clavulanate'],
    ['amoxicillin/clavulanate', 'amoxicillin + clavulanate'],
    ['amoxicillin-clavulanate 875-125 mg', 'amoxicillin + clavulanate'],
    ['Zosyn', 'piperacillin + tazobactam'],
    ['pip-tazo', 'piperacillin + tazobactam'],
    ['lisinopril/HCTZ', 'hydrochlorothiazide + lisinopril'],
    ['lisinopril-hydrochlorothiazide', 'hydrochlorothiazide + lisinopril'],
    ['hydrocodone/APAP', 'acetaminophen + hydrocodone'],
    ['Vicodin', 'acetaminophen + hydrocodone'],
    ['Percocet', 'acetaminophen + oxycodone'],
    ['Tylenol #3', 'acetaminophen + codeine'],
    ['Tylenol', 'acetaminophen'],
    ['Advil', 'ibuprofen'],
    ['dabigatran', 'dabigatran etexilate'],
    ['folate', 'folic acid'],
  ])('%s → %s', (text, expected) => {
    expect(linked(text)).toBe(expected);
  });
});

describe('misspelt', () => {
  test.each([
    ['lisinoprli', 'lisinopril'],
    ['metfromin', 'metformin'],
    ['prednsone', 'prednisone'],
    ['levofloxicin', 'levofloxacin'],
    ['cefriaxone', 'ceftriaxone'],
    ['amphotercin B', 'amphotericin b'],
    ['carbamazapine', 'carbamazepine'],
  ])('%s → %s, with a score below 1', (text, expected) => {
    expect(linked(text)).toBe(expected);
    const link = linker.linkDrug(text);
    expect(link.kind === 'drug' && link.method !== 'exact' && link.score < 1).toBe(true);
  });

  test.each([
    // Half way between two drugs.
    ['hydroxazine', 'hydroxyzine'],
    ['hydralyzine', 'hydralazine'],
    // Too far.
    ['prednifoxone', undefined],
    // Too short to tell.
    ['lasx', undefined],
  ])('%s is left alone', (text, nearest) => {
    const link = linker.linkDrug(text);
    expect(link.kind).toBe('uncoded');
    if (nearest) expect(link.kind === 'uncoded' && link.nearest?.term).toBe(nearest);
  });

  test.each([
    // ISMP list of confused drug names: each is itself.
    'hydroxyzine',
    'hydralazine',
    'prednisone',
    'prednisolone',
    'clonidine',
    'clonazepam',
    'tramadol',
    'trazodone',
    'chlorpromazine',
    'chlorpropamide',
    'glipizide',
    'glyburide',
    'vinblastine',
    'vincristine',
    'cisplatin',
    'carboplatin',
    'bupropion',
    'buspirone',
    'lamotrigine',
    'lamivudine',
    'metformin',
    'metronidazole',
    'sitagliptin',
    'saxagliptin',
    'cycloserine',
    'cyclosporine',
    'hydrocodone',
    'hydrocortisone',
    'oxycodone',
    'penicillin G',
    'penicillin V',
    'dopamine',
    'dobutamine',
    'ephedrine',
    'epinephrine',
    'daunorubicin',
    'doxorubicin',
    'rifampin',
    'rifaximin',
  ])('%s is not taken for its look-alike', (name) => {
    expect(linked(name)).toBe(name.toLowerCase());
  });
});

describe('a class is a class', () => {
  test.each([
    ['statins', 'statins'],
    ['a statin', 'statins'],
    ['ACE inhibitor', 'ACE inhibitors'],
    ['ACE-I', 'ACE inhibitors'],
    ['ARBs', 'ARBs'],
    ['sulfa', 'sulfonamide antibiotics'],
    ['sulfa drugs', 'sulfonamide antibiotics'],
    ['NSAIDs', 'NSAIDs'],
    ['penicillin', 'penicillins'],
    ['PCN', 'penicillins'],
    ['cephalosporins', 'cephalosporins'],
    ['opioids', 'opioids'],
    ['narcotics', 'opioids'],
    ['beta-blocker', 'beta blockers'],
    ['beta blockers', 'beta blockers'],
    ['PPIs', 'proton pump inhibitors'],
    ['SSRI', 'SSRIs'],
    ['insulin', 'insulins'],
    ['IV contrast', 'iodinated contrast'],
    ['chemo', 'chemotherapy'],
    ['blood thinners', 'anticoagulants'],
    ['fluoroquinolones', 'fluoroquinolones'],
    ['benzos', 'benzodiazepines'],
    ['steroids', 'corticosteroids'],
  ])('%s → %s', (text, className) => {
    const link = linker.linkDrug(text);
    expect(link).toMatchObject({ kind: 'class', className });
    expect(link.kind === 'class' && link.members.length).toBeGreaterThan(1);
  });

  test('knows the classes of an ingredient', () => {
    expect(linker.classesOf('723')).toEqual(
      expect.arrayContaining(['penicillins', 'beta-lactams', 'antibiotics']),
    );
    expect(linker.classesOf('83367')).toContain('statins');
    expect(linker.classesOf('0')).toEqual([]);
  });
});

describe('no code rather than a wrong one', () => {
  test.each([
    'CTX',
    'MS',
    'dex',
    'oxy',
    'AZA',
    'HCT',
    'medication',
    'pills',
    'milk',
    'peanuts',
    'water',
    'rash',
    'headache',
    'the patient',
    'x',
    '',
    '   ',
    '500 mg',
    '!!!',
    'qwertyuiop',
    'aspirin and clopidogrel',
    'vancomycin and zosyn',
    'grapefruit',
    'same',
    'amen',
    'his',
    'a'.repeat(5000),
  ])('%j', (text) => {
    expect(linked(text)).toBe('-');
  });
});

describe('ingredientsOf', () => {
  const rxnorm = (code: string, display?: string) => ({
    system: RXNORM_SYSTEM,
    code,
    ...(display !== undefined && { display }),
  });
  const names = (medication: MedicationConcept): string[] =>
    linker.ingredientsOf(medication).map((coding) => coding.display);

  test.each([
    ['SCD, one ingredient', '197732', ['furosemide']],
    ['SCD, two', '562251', ['amoxicillin', 'clavulanate']],
    ['SBD', '200801', ['furosemide']],
    ['BN', '151399', ['sulfamethoxazole', 'trimethoprim']],
    ['PIN', '221124', ['metoprolol']],
    ['MIN', '10831', ['sulfamethoxazole', 'trimethoprim']],
    ['IN', '11289', ['warfarin']],
  ])('%s by code', (_, code, expected) => {
    expect(
      names({ codings: [rxnorm(code)] })
        .map((name) => name.toLowerCase())
        .sort(),
    ).toEqual(expected);
  });

  test('passes over codes of other systems and finds the RxNorm one', () => {
    const codings = [
      { system: 'http://hl7.org/fhir/sid/ndc', code: '11289' },
      { code: '10831' },
      { system: 'urn:oid:2.16.840.1.113883.6.88', code: '11289' },
    ];
    expect(names({ codings })).toEqual(['warfarin']);
  });

  test('an unknown code falls back to its display, then to the text', () => {
    expect(names({ codings: [rxnorm('999999999', 'Warfarin Sodium 5 MG Oral Tablet')] })).toEqual([
      'warfarin',
    ]);
    expect(names({ codings: [rxnorm('999999999')], text: 'Coumadin 5 mg tablets' })).toEqual([
      'warfarin',
    ]);
    expect(
      names({ codings: [rxnorm('999999999', 'a compounded thing')], text: 'coumadin' }),
    ).toEqual(['warfarin']);
  });

  test.each([
    ['Take warfarin 5 mg by mouth daily', ['warfarin']],
    ['amoxicillin 250 MG / clavulanate 125 MG Oral Tablet', ['amoxicillin', 'clavulanate']],
    ['aspirin 81 mg and clopidogrel 75 mg', ['aspirin', 'clopidogrel']],
    ['vancomycin 1 g IV q12h', ['vancomycin']],
    ['statin of choice', []],
    ['penicillin', []],
    ['', []],
  ])('text alone: %j', (text, expected) => {
    expect(names({ codings: [], text }).sort()).toEqual(expected);
  });

  test('nothing known gives nothing', () => {
    expect(linker.ingredientsOf({ codings: [] })).toEqual([]);
    expect(linker.ingredientsOf({ codings: [rxnorm('999999999')] })).toEqual([]);
  });

  test('a mention by brand and an order by code meet in one ingredient', () => {
    const link = linker.linkDrug('Coumadin');
    const order = linker.ingredientsOf({ codings: [rxnorm('855332')] });
    expect(link.kind === 'drug' && link.ingredients).toEqual(order);
  });
});
