/**
 * What a careful reader of the sample chart would want said at each order, and what not. The model
 * has not seen the chart; the tests hold it to most of the first part and to the second.
 */
export interface ExpectedOrder {
  /** Folder prefix of the patient: `p01`. */
  readonly patient: string;
  /** Key of `orders.ts`. */
  readonly order: string;
}

/** An adverse event that a note tells of and the structured chart does not hold: a card is due. */
export interface ExpectedCard extends ExpectedOrder {
  /** Words of which one at least stands in the event on the card, case ignored. */
  readonly event: readonly string[];
  /** Notes that tell of it: `n03`. */
  readonly notes: readonly string[];
}

/** A drug that the notes name without a reaction that still counts: the order stays without a card. */
export interface ExpectedSilence extends ExpectedOrder {
  /** Said to whoever watches the demo. */
  readonly because: string;
}

export const EXPECTED_CARDS: readonly ExpectedCard[] = [
  { patient: 'p01', order: 'lisinopril', event: ['cough'], notes: ['n01'] },
  {
    patient: 'p01',
    order: 'amoxicillin',
    event: ['rash', 'eruption', 'red spots'],
    notes: ['n03', 'n04'],
  },
  {
    patient: 'p02',
    order: 'lisinopril',
    event: ['angioedema', 'edema', 'swollen tongue'],
    notes: ['n02', 'n03'],
  },
  {
    patient: 'p02',
    order: 'hydrochlorothiazide',
    event: ['hyponatremia', 'confusion'],
    notes: ['n04', 'n05'],
  },
  { patient: 'p03', order: 'metformin', event: ['diarrhea', 'stool'], notes: ['n03'] },
  {
    patient: 'p04',
    order: 'simvastatin',
    event: ['myalgia', 'ache', 'muscle', 'ck rise'],
    notes: ['n01', 'n02'],
  },
  {
    patient: 'p04',
    order: 'acetaminophen-codeine',
    event: ['vomiting', 'threw up', 'nausea'],
    notes: ['n04'],
  },
  { patient: 'p05', order: 'iohexol', event: ['hives', 'itching'], notes: ['n02', 'n04'] },
  { patient: 'p05', order: 'ondansetron', event: ['constipation', 'constipat'], notes: ['n06'] },
  {
    patient: 'p06',
    order: 'clindamycin',
    event: ['colitis', 'difficile', 'diarrhea', 'watery stool'],
    notes: ['n02'],
  },
  { patient: 'p06', order: 'amiodarone', event: ['hypothyroidism', 'hypothyroid'], notes: ['n03'] },
  {
    patient: 'p06',
    order: 'digoxin',
    event: ['toxicity', 'bradycardia', 'nausea', 'xanthopsia'],
    notes: ['n05'],
  },
  { patient: 'p07', order: 'lamotrigine', event: ['rash'], notes: ['n01'] },
  {
    patient: 'p07',
    order: 'levetiracetam',
    event: ['irritability', 'irritab', 'short-tempered', 'tearful'],
    notes: ['n02'],
  },
  {
    patient: 'p07',
    order: 'vancomycin',
    event: ['infusion reaction', 'flush', 'hypotension', 'itching'],
    notes: ['n03', 'n04'],
  },
  {
    patient: 'p08',
    order: 'ibuprofen',
    event: ['ulcer', 'bleed', 'melena', 'black stools'],
    notes: ['n03', 'n04'],
  },
  {
    patient: 'p10',
    order: 'oxaliplatin',
    event: ['neuropathy', 'numb'],
    notes: ['n05'],
  },
  { patient: 'p10', order: 'metoclopramide', event: ['dystonia'], notes: ['n04'] },
  {
    patient: 'p10',
    order: 'capecitabine',
    event: ['hand-foot', 'erythrodys'],
    notes: ['n06'],
  },
];

export const EXPECTED_SILENCES: readonly ExpectedSilence[] = [
  { patient: 'p01', order: 'naproxen', because: 'ulcers were named as a risk, not as an event' },
  { patient: 'p01', order: 'losartan', because: 'taken for years without trouble' },
  { patient: 'p02', order: 'apixaban', because: 'the note says that there was no bleeding' },
  {
    patient: 'p03',
    order: 'sulfamethoxazole-trimethoprim',
    because: 'the reaction stands in the allergy list',
  },
  { patient: 'p03', order: 'nitrofurantoin', because: 'told to call if a rash develops: none has' },
  { patient: 'p03', order: 'sitagliptin', because: 'taken without side effects' },
  { patient: 'p04', order: 'atorvastatin', because: 'tolerated, no myalgias' },
  { patient: 'p04', order: 'allopurinol', because: 'the side effects were only discussed' },
  {
    patient: 'p05',
    order: 'amoxicillin',
    because: 'tolerated since: a supervised challenge in 2023 and a course in 2024',
  },
  {
    patient: 'p07',
    order: 'penicillin-v',
    because: 'the hives after penicillin were her mother’s',
  },
  { patient: 'p07', order: 'cefazolin', because: 'the note says that there was no reaction' },
  { patient: 'p07', order: 'oxycodone', because: 'no nausea or constipation from it' },
  {
    patient: 'p08',
    order: 'sulfamethoxazole-trimethoprim',
    because: 'the hyperkalemia stands in an AdverseEvent',
  },
  {
    patient: 'p08',
    order: 'ceftriaxone',
    because: 'the note that tells of anaphylaxis was entered in error',
  },
  { patient: 'p09', order: 'amoxicillin', because: '“return if rash”, and no rash came' },
  { patient: 'p09', order: 'methylphenidate', because: 'side effects were asked for and denied' },
  {
    patient: 'p10',
    order: 'heparin',
    because: 'the note that blamed heparin was superseded; HIT was ruled out',
  },
];
