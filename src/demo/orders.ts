import type { MedicationRequest } from 'fhir/r4.js';

const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';

/** An order that the demo can draft; `key` is a name for tests and for the tour. */
export interface DemoOrder {
  readonly key: string;
  readonly rxcui: string;
  /** RxNorm name of a clinical drug, as an order catalogue has it. */
  readonly display: string;
}

/** Clinical drugs (SCD) with their RxCUI; iohexol has only its ingredient (IN). */
export const DEMO_ORDERS: readonly DemoOrder[] = [
  ['acetaminophen-codeine', '993781', 'acetaminophen 300 MG / codeine phosphate 30 MG Oral Tablet'],
  ['allopurinol', '197319', 'allopurinol 100 MG Oral Tablet'],
  ['amiodarone', '833528', 'amiodarone hydrochloride 200 MG Oral Tablet'],
  ['amoxicillin', '308191', 'amoxicillin 500 MG Oral Capsule'],
  ['apixaban', '1364445', 'apixaban 5 MG Oral Tablet'],
  ['atorvastatin', '617310', 'atorvastatin 20 MG Oral Tablet'],
  ['capecitabine', '200328', 'capecitabine 500 MG Oral Tablet'],
  ['cefazolin', '1665060', 'cefazolin 2000 MG Injection'],
  ['ceftriaxone', '1665021', 'ceftriaxone 1000 MG Injection'],
  ['clindamycin', '284215', 'clindamycin 300 MG Oral Capsule'],
  ['digoxin', '197604', 'digoxin 0.125 MG Oral Tablet'],
  ['heparin', '1361615', 'heparin sodium, porcine 5000 UNT/ML Injectable Solution'],
  ['hydrochlorothiazide', '310798', 'hydrochlorothiazide 25 MG Oral Tablet'],
  ['ibuprofen', '197806', 'ibuprofen 600 MG Oral Tablet'],
  ['iohexol', '5956', 'iohexol'],
  ['lamotrigine', '282401', 'lamotrigine 25 MG Oral Tablet'],
  ['levetiracetam', '311289', 'levetiracetam 500 MG Oral Tablet'],
  ['lisinopril', '314076', 'lisinopril 10 MG Oral Tablet'],
  ['losartan', '979492', 'losartan potassium 50 MG Oral Tablet'],
  ['metformin', '861007', 'metformin hydrochloride 500 MG Oral Tablet'],
  [
    'methylphenidate',
    '1091155',
    '24 HR methylphenidate hydrochloride 18 MG Extended Release Oral Tablet',
  ],
  ['metoclopramide', '311666', 'metoclopramide 10 MG Oral Tablet'],
  ['naproxen', '198014', 'naproxen 500 MG Oral Tablet'],
  ['nitrofurantoin', '1648759', 'nitrofurantoin, macrocrystals 100 MG Oral Capsule'],
  ['ondansetron', '198052', 'ondansetron 4 MG Oral Tablet'],
  ['oxaliplatin', '1736786', 'oxaliplatin 100 MG Injection'],
  ['oxycodone', '1049621', 'oxycodone hydrochloride 5 MG Oral Tablet'],
  ['penicillin-v', '834102', 'penicillin V potassium 500 MG Oral Tablet'],
  ['simvastatin', '198211', 'simvastatin 40 MG Oral Tablet'],
  ['sitagliptin', '665033', 'sitagliptin 100 MG Oral Tablet'],
  [
    'sulfamethoxazole-trimethoprim',
    '198335',
    'sulfamethoxazole 800 MG / trimethoprim 160 MG Oral Tablet',
  ],
  ['vancomycin', '1807513', 'vancomycin 1000 MG Injection'],
].map(([key = '', rxcui = '', display = '']) => ({ key, rxcui, display }));

/**
 * @throws RangeError for a key that {@link DEMO_ORDERS} does not have
 */
export function demoOrder(key: string): DemoOrder {
  const found = DEMO_ORDERS.find((order) => order.key === key);
  if (!found) throw new RangeError(`there is no demo order "${key}"`);
  return found;
}

/** The order as an EHR sends it before it is signed. */
export function draftOrder(order: DemoOrder, patientId: string, id: string): MedicationRequest {
  return {
    resourceType: 'MedicationRequest',
    id,
    status: 'draft',
    intent: 'order',
    medicationCodeableConcept: {
      coding: [{ system: RXNORM, code: order.rxcui, display: order.display }],
      text: order.display,
    },
    subject: { reference: `Patient/${patientId}` },
  };
}
