import type { Attachment, DocumentReference } from 'fhir/r4.js';
import { READABLE_MEDIA_TYPES, readableMediaType } from '../notes/read-attachment.ts';

export interface ReadableAttachment {
  readonly attachment: Attachment;
  /** FHIRPath: `DocumentReference.content[0].attachment`. */
  readonly path: string;
  /** 0 is the best to read. */
  readonly rank: number;
}

/**
 * The attachments of a document that can be read, the best first: its contents are the same
 * document in several formats, of which plain text is nearest to what was written. One by URL
 * whose type is not said is tried last: the server says it with the content.
 */
export function readableAttachments(document: DocumentReference): readonly ReadableAttachment[] {
  const found: ReadableAttachment[] = [];
  for (const [index, attachment] of attachmentsOf(document).entries()) {
    const { contentType, data, url } = attachment ?? {};
    if (!attachment || (data === undefined && url === undefined)) continue;
    const mediaType = contentType === undefined ? undefined : readableMediaType(contentType);
    if (!mediaType && (contentType !== undefined || url === undefined)) continue;
    const rank = mediaType ? READABLE_MEDIA_TYPES.indexOf(mediaType) : READABLE_MEDIA_TYPES.length;
    found.push({ attachment, path: `DocumentReference.content[${index}].attachment`, rank });
  }
  return found.sort((a, b) => a.rank - b.rank);
}

/** By their places in DocumentReference.content; undefined where one is missing or broken. */
export function attachmentsOf(document: DocumentReference): readonly (Attachment | undefined)[] {
  const content: unknown = document.content;
  if (!Array.isArray(content)) return [];
  return content.map((one) => {
    const attachment: unknown = one?.attachment;
    return typeof attachment === 'object' && attachment !== null
      ? (attachment as Attachment)
      : undefined;
  });
}
