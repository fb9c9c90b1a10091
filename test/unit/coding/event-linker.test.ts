import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Linker, MEDDRA_SYSTEM } from '../../../src/coding/coding.ts';
import { openVocabulary } from '../../../src/coding/open.ts';

let linker: Linker;
beforeAll(async () => {
  linker = await openVocabulary();
});

function linked(text: string): string {
  const link = linker.linkEvent(text);
  return link.kind === 'event' ? link.concept.display : '-';
}

describe('a term as released', () => {
  test('PT with code, version and system organ class', () => {
    const urticaria = {
      system: MEDDRA_SYSTEM,
      version: '20.1',
      code: '10046735',
      display: 'Urticaria',
    };
    expect(linker.linkEvent('urticaria')).toEqual({
      kind: 'event',
      concept: urticaria,
      level: 'PT',
      preferredTerm: urticaria,
      preferredTermCode: '10046735',
      systemOrganClass: 'Skin and subcutaneous tissue disorders',
      method: 'exact',
      score: 1,
      matchedTerm: 'Urticaria',
    });
  });

  test('LLT with its preferred term where CTCAE lists both', () => {
    expect(linker.linkEvent('Asystole')).toMatchObject({
      level: 'LLT',
      concept: { display: 'Asystole' },
      preferredTerm: { code: '10007515', display: 'Cardiac arrest' },
    });
  });

  test('LLT with the code alone of a preferred term that CTCAE does not list', () => {
    const link = linker.linkEvent('Anemia');
    expect(link).toMatchObject({ level: 'LLT', preferredTermCode: '10002034' });
    expect(link).not.toHaveProperty('preferredTerm');
  });
});

describe('as clinicians and patients say it', () => {
  test.each([
    ['hives', 'Urticaria'],
    ['broke out in hives', 'Urticaria'],
    ['itching', 'Pruritus'],
    ['itchy skin', 'Pruritus'],
    ['SOB', 'Dyspnea'],
    ['shortness of breath', 'Dyspnea'],
    ['difficulty breathing', 'Dyspnea'],
    ['upset stomach', 'Dyspepsia'],
    ['throwing up', 'Vomiting'],
    ['N/V', 'Vomiting'],
    ['nausea/vomiting', 'Vomiting'],
    ['nauseated', 'Nausea'],
    ['AKI', 'Acute kidney injury'],
    ['acute renal failure', 'Acute kidney injury'],
    ['low sodium', 'Hyponatremia'],
    ['Na low', 'Hyponatremia'],
    ['high potassium', 'Hyperkalemia'],
    ['K elevated', 'Hyperkalemia'],
    ['low blood sugar', 'Hypoglycemia'],
    ['blood sugars elevated', 'Hyperglycemia'],
    ['low BP', 'Hypotension'],
    ['drop in blood pressure', 'Hypotension'],
    ['HTN', 'Hypertension'],
    ['dizzy', 'Dizziness'],
    ['lightheadedness', 'Dizziness'],
    ['passed out', 'Syncope'],
    ['heart attack', 'Myocardial infarction'],
    ['NSTEMI', 'Myocardial infarction'],
    ['CVA', 'Stroke'],
    ['TIA', 'Transient ischemic attacks'],
    ['afib', 'Atrial fibrillation'],
    ['V-tach', 'Ventricular tachycardia'],
    ['QTc prolongation', 'Electrocardiogram QT corrected interval prolonged'],
    ['prolonged QT', 'Electrocardiogram QT corrected interval prolonged'],
    ['ALT increase', 'Alanine aminotransferase increased'],
    ['elevated AST', 'Aspartate aminotransferase increased'],
    ['creatinine bump', 'Creatinine increased'],
    ['Cr up', 'Creatinine increased'],
    ['rise in serum creatinine', 'Creatinine increased'],
    ['elevated CK', 'CPK increased'],
    ['ALT >3 x ULN', 'Alanine aminotransferase increased'],
    ['platelets dropped', 'Platelet count decreased'],
    ['thrombocytopenia', 'Platelet count decreased'],
    ['ANC < 0.5', 'Neutrophil count decreased'],
    ['neutropenic fever', 'Febrile neutropenia'],
    ['supratherapeutic INR', 'INR increased'],
    ['rhabdo', 'Rhabdomyolysis'],
    ['muscle aches', 'Myalgia'],
    ['statin myalgia', 'Myalgia'],
    ['leg cramps', 'Muscle cramp'],
    ['joint pain', 'Arthralgia'],
    ['SJS', 'Stevens-Johnson syndrome'],
    ['TEN', 'Toxic epidermal necrolysis'],
    ['hand-foot syndrome', 'Palmar-plantar erythrodysesthesia syndrome'],
    ['maculopapular rash', 'Rash maculo-papular'],
    ['hair loss', 'Alopecia'],
    ['mouth sores', 'Mucositis oral'],
    ['dry cough', 'Cough'],
    ['ACE inhibitor cough', 'Cough'],
    ['facial swelling', 'Edema face'],
    ['leg swelling', 'Edema limbs'],
    ['anaphylactic reaction', 'Anaphylaxis'],
    ['allergic rxn', 'Allergic reaction'],
    ['infusion reaction', 'Infusion related reaction'],
    ['tingling', 'Paresthesia'],
    ['ringing in the ears', 'Tinnitus'],
    ['blurry vision', 'Blurred vision'],
    ['drowsy', 'Somnolence'],
    ["can't sleep", 'Insomnia'],
    ['seeing things that are not there', 'Hallucinations'],
    ['suicidal thoughts', 'Suicidal ideation'],
    ['shaky hands', 'Tremor'],
    ['seized', 'Seizure'],
    ['loose stools', 'Diarrhea'],
    ['nosebleed', 'Epistaxis'],
    ['BRBPR', 'Rectal hemorrhage'],
    ['UGIB', 'Upper gastrointestinal hemorrhage'],
    ['blood in urine', 'Hematuria'],
    ['UTI', 'Urinary tract infection'],
    ['gained weight', 'Weight gain'],
    ['loss of appetite', 'Anorexia'],
    ['tired', 'Fatigue'],
    ['gynaecomastia', 'Gynecomastia'],
    ['heart failure exacerbation', 'Heart failure'],
    ['pneumonitis', 'Pneumonitis'],
    ['ARDS', 'Adult respiratory distress syndrome'],
    ['died', 'Death NOS'],
  ])('%s → %s', (text, expected) => {
    expect(linked(text)).toBe(expected);
  });
});

describe('normalised', () => {
  test.each([
    ['diarrhoea', 'Diarrhea'],
    ['Anaemia', 'Anemia'],
    ['hyponatraemia', 'Hyponatremia'],
    ['hypoglycaemic episodes', 'Hypoglycemia'],
    ['haemorrhoids', 'Hemorrhoids'],
    ['oesophagitis', 'Esophagitis'],
    ['paraesthesiae of hands', '-'],
    ['paraesthesias', 'Paresthesia'],
    ['oedema of the face', 'Edema face'],
    ['leucocytosis', 'Leukocytosis'],
    ['injury, acute kidney', 'Acute kidney injury'],
    ['seizures', 'Seizure'],
    ['severe nausea', 'Nausea'],
    ['mild intermittent headaches', 'Headache'],
    ['new-onset atrial fibrillation', 'Atrial fibrillation'],
    ['grade 3 diarrhea', 'Diarrhea'],
    ['left leg pain', 'Pain in extremity'],
    ['drug-induced pancreatitis', 'Pancreatitis'],
    ['worsening hypertension', 'Hypertension'],
    ['increased cough', 'Cough'],
    ['bleeding from the rectum', 'Rectal hemorrhage'],
    ['creatinine elevations', 'Creatinine increased'],
  ])('%s → %s', (text, expected) => {
    expect(linked(text)).toBe(expected);
  });

  test('a qualifier is dropped only where the whole is no term of its own', () => {
    expect(linked('Right ventricular dysfunction')).toBe('Right ventricular dysfunction');
    expect(linked('left ventricular systolic dysfunction')).toBe(
      'Left ventricular systolic dysfunction',
    );
    expect(linked('Intraoperative venous injury')).toBe('Intraoperative venous injury');
  });

  test('a direction is never dropped or turned round', () => {
    expect(linked('libido increased')).toBe('Libido increased');
    expect(linked('libido decreased')).toBe('Libido decreased');
    expect(linked('lymphocytes up')).toBe('Lymphocyte count increased');
    expect(linked('lymphocytes down')).toBe('Lymphocyte count decreased');
    expect(linked('decreased nausea')).toBe('-');
    expect(linked('reduced pain')).toBe('-');
  });
});

describe('misspelt', () => {
  test.each([
    ['hyponatermia', 'Hyponatremia'],
    ['pancreatitits', 'Pancreatitis'],
    ['thrombocytopenai', 'Platelet count decreased'],
    ['rhabdomyolisis', 'Rhabdomyolysis'],
    ['angioedemia', '-'],
  ])('%s → %s', (text, expected) => {
    expect(linked(text)).toBe(expected);
  });

  test.each([
    ['impaired healing', 'Hearing impaired'],
    ['hypokalcemia', 'Hypokalemia or Hypocalcemia'],
    ['hypertermia', 'Hypothermia'],
    ['anaphylactoid reaction', 'Anaphylaxis'],
    ['hypernatriuria', 'Hypernatremia'],
  ])('%s is not taken for %s', (text) => {
    expect(linked(text)).toBe('-');
  });
});

describe('no code rather than a wrong one', () => {
  test.each([
    'rash',
    'drug rash',
    'severe rash',
    'angioedema',
    'tongue swelling',
    'throat closing',
    'bleeding',
    'GI bleed',
    'swelling',
    'transaminitis',
    'elevated LFTs',
    'hepatotoxicity',
    'renal failure',
    'pneumonia',
    'pancytopenia',
    'weakness',
    'neuropathy',
    'bradycardia',
    'tachycardia',
    'chest pain',
    'DVT',
    'PE',
    'serotonin syndrome',
    'tendon rupture',
    'acute pancreatitis',
    'orthostatic hypotension',
    'heparin-induced thrombocytopenia',
    'agranulocytosis',
    'side effects',
    'toxicity',
    'reaction',
    'major depression',
    'hemolytic anemia',
    'family history',
    'improved',
    '',
    '   ',
    '???',
    '12',
    'b'.repeat(5000),
  ])('%j', (text) => {
    expect(linked(text)).toBe('-');
  });

  test('names the nearest term of a refusal without using it', () => {
    expect(linker.linkEvent('DVT')).toEqual({
      kind: 'uncoded',
      nearest: { term: 'Thromboembolic event', score: 0 },
    });
  });

  test('names the nearest term of an unknown text with its score', () => {
    const link = linker.linkEvent('Raynaud phenomenon of the jaw');
    expect(link.kind === 'uncoded' && link.nearest && link.nearest.score < 1).toBe(true);
  });
});
