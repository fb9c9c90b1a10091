import type { DocumentReference, FhirResource, HumanName } from 'fhir/r4.js';
import type { NoteSource } from '../notes/note.ts';
import { patientIdOf } from './current-documents.ts';

/**
 * Where a note came from, as its DocumentReference tells: nothing is fetched for it.
 *
 * @param read the attachment that was read, and as what
 */
export function noteSource(
  document: DocumentReference,
  server: string,
  read: { readonly contentType: string; readonly attachmentPath: string },
): NoteSource {
  const versionId = document.meta?.versionId;
  const typeText =
    document.type?.text ?? document.type?.coding?.find(({ display }) => display)?.display;
  const date = dateOf(document);
  const author = authorOf(document);
  return {
    server,
    reference: `DocumentReference/${document.id}`,
    patientId: patientIdOf(document.subject?.reference) ?? '',
    ...(versionId !== undefined && { versionId }),
    ...(typeText !== undefined && { typeText }),
    ...(date !== undefined && { date }),
    ...(author !== undefined && { author }),
    ...read,
  };
}

/** When it was written: DocumentReference.date, else the attachment's creation, else what it documents. */
function dateOf({ date, content, context }: DocumentReference): string | undefined {
  return (
    date ??
    content?.find((one) => one?.attachment?.creation)?.attachment.creation ??
    context?.period?.start
  );
}

function authorOf({ author, contained }: DocumentReference): string | undefined {
  for (const reference of author ?? []) {
    if (reference?.display) return reference.display;
    const id = /^#(.+)$/.exec(reference?.reference ?? '')?.[1];
    const resource = id === undefined ? undefined : contained?.find((one) => one?.id === id);
    const name = resource && nameOf(resource as FhirResource);
    if (name) return name;
  }
  return undefined;
}

function nameOf(resource: FhirResource): string | undefined {
  switch (resource.resourceType) {
    case 'Practitioner':
    case 'RelatedPerson':
    case 'Patient':
      return personName(resource.name?.[0]);
    case 'Organization':
      return resource.name;
    case 'PractitionerRole':
      return resource.practitioner?.display ?? resource.organization?.display;
    default:
      return undefined;
  }
}

function personName(name: HumanName | undefined): string | undefined {
  if (!name) return undefined;
  const parts = [
    ...(name.prefix ?? []),
    ...(name.given ?? []),
    name.family,
    ...(name.suffix ?? []),
  ];
  return name.text ?? (parts.filter(Boolean).join(' ') || undefined);
}
