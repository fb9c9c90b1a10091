/** Invented requests as an EHR sends them; tests change what they are about. */
export const HOOK_INSTANCE = 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea';

export function patientViewRequest(changes: object = {}): Record<string, unknown> {
  return {
    hook: 'patient-view',
    hookInstance: HOOK_INSTANCE,
    context: { userId: 'Practitioner/lee', patientId: 'p1' },
    ...changes,
  };
}

export function orderSignRequest(changes: object = {}): Record<string, unknown> {
  return {
    hook: 'order-sign',
    hookInstance: HOOK_INSTANCE,
    context: {
      userId: 'Practitioner/lee',
      patientId: 'p1',
      draftOrders: {
        resourceType: 'Bundle',
        entry: [
          {
            resource: {
              resourceType: 'MedicationRequest',
              id: 'draft-1',
              status: 'draft',
              intent: 'order',
              subject: { reference: 'Patient/p1' },
              medicationCodeableConcept: { text: 'Amoxicillin 500 mg' },
            },
          },
        ],
      },
    },
    ...changes,
  };
}

export function orderSelectRequest(changes: object = {}): Record<string, unknown> {
  const sign = orderSignRequest();
  return {
    ...sign,
    hook: 'order-select',
    context: { ...(sign.context as object), selections: ['MedicationRequest/draft-1'] },
    ...changes,
  };
}
