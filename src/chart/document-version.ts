import { createHash } from 'node:crypto';
import type { DocumentReference } from 'fhir/r4.js';

/**
 * How notes become findings, besides model and vocabulary: reading of attachments, sentences,
 * assertion, evidence and cues. Raise it whenever one of them changes what comes out, so that what was kept
 * is read again.
 */
export const READING_VERSION = 1;

/** A version of a document, for the key under which its findings are kept. */
export interface DocumentVersion {
  /** `DocumentReference/<id>`. */
  readonly reference: string;
  readonly version: string;
}

/**
 * Names one version of one document: `meta.versionId` where the server gives one, else
 * `meta.lastUpdated`, and always a hash of what the findings are made from. The hash tells versions
 * apart on servers that number none; it keeps a restored or reloaded server, which gives old numbers
 * to new content, from being answered out of what was kept; and whoever names a document in a prefetch
 * without having it learns nothing of what was found in it.
 */
export function documentVersion(document: DocumentReference): DocumentVersion {
  const { id, meta, subject, type, date, author, content } = document;
  const digest = createHash('sha256')
    .update(JSON.stringify([subject, type, date, author, content]))
    .digest('hex')
    .slice(0, 32);
  return {
    reference: `DocumentReference/${id ?? `without-id-${digest}`}`,
    version: [READING_VERSION, meta?.versionId ?? meta?.lastUpdated ?? '', digest].join(':'),
  };
}
