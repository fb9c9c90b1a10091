import type { DocumentReference } from 'fhir/r4.js';
import { readableAttachments } from './attachment-choice.ts';

export interface CurrentDocumentsOptions {
  /** Documents of other patients, which a server that ignores `patient` returns, are left out. */
  readonly patientId?: string;
  /** Leave out docStatus `preliminary`; default: they are read, since what they tell may be acted upon. */
  readonly withoutDrafts?: boolean;
}

/** Documents that were not taken, by why. */
export interface LeftOut {
  readonly enteredInError: number;
  /** Superseded by status, or replaced by a document that is there. */
  readonly superseded: number;
  /** The same content in another format. */
  readonly sameContent: number;
  readonly drafts: number;
  readonly otherPatients: number;
}

type Reason = keyof LeftOut;

/**
 * Takes out what must not be read as a note: entered in error, cancelled, superseded, replaced by
 * another document that is there, the same content a second time in another format, other
 * patients' documents. https://hl7.org/fhir/R4/valueset-document-reference-status.html
 */
export function currentDocuments(
  documents: readonly DocumentReference[],
  options: CurrentDocumentsOptions = {},
): { documents: readonly DocumentReference[]; leftOut: LeftOut } {
  const reasons = new Map<DocumentReference, Reason>();
  for (const document of documents) {
    const reason = ownReason(document, options);
    if (reason) reasons.set(document, reason);
  }
  const byId = new Map(documents.map((document) => [document.id, document]));
  for (const document of documents) {
    // What is itself in error or another's replaces nothing; what was superseded since still did.
    const own = reasons.get(document);
    if (own && own !== 'superseded') continue;
    for (const [code, id] of relations(document)) {
      const target = byId.get(id);
      if (!target || target === document) continue;
      if (code === 'replaces') setOnce(reasons, target, 'superseded');
      if (code === 'transforms' && !own)
        setOnce(reasons, lessReadable(document, target), 'sameContent');
    }
  }
  const leftOut = { enteredInError: 0, superseded: 0, sameContent: 0, drafts: 0, otherPatients: 0 };
  for (const reason of reasons.values()) leftOut[reason] += 1;
  return { documents: documents.filter((document) => !reasons.has(document)), leftOut };
}

function ownReason(
  { status, docStatus, subject }: DocumentReference,
  { patientId, withoutDrafts }: CurrentDocumentsOptions,
): Reason | undefined {
  const subjectId = patientIdOf(subject?.reference);
  if (patientId !== undefined && subjectId !== undefined && subjectId !== patientId) {
    return 'otherPatients';
  }
  // R5 has more values of docStatus than R4, such as cancelled and deprecated.
  const composition: string | undefined = docStatus;
  if (status === 'entered-in-error' || composition === 'entered-in-error') return 'enteredInError';
  if (composition === 'cancelled') return 'enteredInError';
  if (status === 'superseded' || composition === 'deprecated') return 'superseded';
  if (withoutDrafts && composition === 'preliminary') return 'drafts';
  return undefined;
}

/** The id in `Patient/123`, absolute or versioned; undefined for other references. */
export function patientIdOf(reference: string | undefined): string | undefined {
  return /(?:^|\/)Patient\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[^/]+)?$/.exec(reference ?? '')?.[1];
}

/** relatesTo.code is a code in R4 and a CodeableConcept in R5. */
function relations(document: DocumentReference): [code: string, id: string][] {
  const found: [string, string][] = [];
  const relatesTo: unknown = document.relatesTo;
  if (!Array.isArray(relatesTo)) return found;
  for (const relation of relatesTo as { code?: unknown; target?: { reference?: unknown } }[]) {
    const concept = relation?.code as { coding?: { code?: unknown }[] } | undefined;
    const code = typeof relation?.code === 'string' ? relation.code : concept?.coding?.[0]?.code;
    const reference = relation?.target?.reference;
    const id =
      typeof reference === 'string'
        ? /(?:^|\/)DocumentReference\/([^/]+)/.exec(reference)?.[1]
        : undefined;
    if (typeof code === 'string' && id !== undefined) found.push([code, id]);
  }
  return found;
}

function lessReadable(document: DocumentReference, other: DocumentReference): DocumentReference {
  const rank = (candidate: DocumentReference) =>
    readableAttachments(candidate)[0]?.rank ?? Number.POSITIVE_INFINITY;
  return rank(document) < rank(other) ? other : document;
}

function setOnce(
  reasons: Map<DocumentReference, Reason>,
  document: DocumentReference,
  reason: Reason,
) {
  if (!reasons.has(document)) reasons.set(document, reason);
}
