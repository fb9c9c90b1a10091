import type { Attachment, DocumentReference } from 'fhir/r4.js';
import type { Note } from '../notes/note.ts';
import { NoteUnreadableError } from '../notes/note-unreadable-error.ts';
import { READABLE_MEDIA_TYPES, readAttachment } from '../notes/read-attachment.ts';
import {
  attachmentsOf,
  type ReadableAttachment,
  readableAttachments,
} from './attachment-choice.ts';
import { bytesOfBase64 } from './base64.ts';
import type { FhirClient } from './client.ts';
import { FhirError } from './fhir-error.ts';
import { noteSource } from './note-source.ts';

export interface ReadNoteOptions {
  readonly signal?: AbortSignal;
  /** Of the attachment; default 5,000,000. A larger one is unreadable, and is not fetched to its end. */
  readonly maximumBytes?: number;
}

const MAXIMUM_BYTES = 5_000_000;

/**
 * Reads the note that a DocumentReference stands for: its plain text, else its HTML, inline or by
 * URL. Where the first of several formats turns out unreadable, the next one is read.
 *
 * @param client undefined: only inline attachments can be read
 * @throws NoteUnreadableError when this version of the document cannot be read, now or later
 * @throws FhirError when the server did not give the attachment
 */
export async function readNote(
  client: FhirClient | undefined,
  document: DocumentReference,
  options: ReadNoteOptions = {},
): Promise<Note> {
  if (typeof document.id !== 'string') {
    throw new NoteUnreadableError('The DocumentReference has no id to name it by.');
  }
  const readable = readableAttachments(document);
  let firstError: NoteUnreadableError | undefined;
  for (const candidate of readable) {
    try {
      return await readOne(client, document, candidate, options);
    } catch (error) {
      if (!(error instanceof NoteUnreadableError)) throw error;
      firstError ??= error;
    }
  }
  throw firstError ?? nothingReadable(document);
}

async function readOne(
  client: FhirClient | undefined,
  document: DocumentReference,
  { attachment, path }: ReadableAttachment,
  options: ReadNoteOptions,
): Promise<Note> {
  const maximumBytes = options.maximumBytes ?? MAXIMUM_BYTES;
  if (attachment.size !== undefined && attachment.size > maximumBytes) {
    throw tooLarge(path, `${attachment.size} bytes`, maximumBytes);
  }
  const content =
    attachment.data === undefined
      ? await fetched(client, attachment, path, { ...options, maximumBytes })
      : {
          bytes: inline(attachment.data, path, maximumBytes),
          contentType: attachment.contentType ?? '',
        };
  try {
    const contentType = content.contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
    return {
      ...readAttachment(content),
      source: noteSource(document, client?.baseUrl ?? 'inline', {
        contentType,
        attachmentPath: path,
      }),
    };
  } catch (error) {
    if (!(error instanceof NoteUnreadableError)) throw error;
    throw new NoteUnreadableError(`${path}: ${error.message}`);
  }
}

function inline(data: unknown, path: string, maximumBytes: number): Uint8Array {
  // Before decoding: base64 has four characters for three bytes.
  if (typeof data === 'string' && (data.length / 4) * 3 > maximumBytes * 1.1) {
    throw tooLarge(path, `about ${Math.round((data.length / 4) * 3)} bytes`, maximumBytes);
  }
  const bytes = typeof data === 'string' ? bytesOfBase64(data) : undefined;
  if (!bytes) {
    throw new NoteUnreadableError(
      `${path}.data is not base64; the document must be sent again with its content encoded rightly.`,
    );
  }
  if (bytes.byteLength > maximumBytes)
    throw tooLarge(path, `${bytes.byteLength} bytes`, maximumBytes);
  return bytes;
}

async function fetched(
  client: FhirClient | undefined,
  { url, contentType }: Attachment,
  path: string,
  { signal, maximumBytes }: ReadNoteOptions & { readonly maximumBytes: number },
): Promise<{ contentType: string; bytes: Uint8Array }> {
  if (!client) {
    throw new FhirError(
      'unreachable',
      `${path} is to be fetched by its URL, and there is no FHIR server to fetch it from.`,
    );
  }
  if (typeof url !== 'string') throw new NoteUnreadableError(`${path}.url is not a URL.`);
  try {
    const accept = contentType ?? READABLE_MEDIA_TYPES.join(', ');
    const answer = await client.readAttachment(url, accept, {
      ...(signal && { signal }),
      maximumBytes,
    });
    return { bytes: answer.bytes, contentType: mergedType(contentType, answer.contentType) };
  } catch (error) {
    if (error instanceof FhirError && error.kind === 'too-large') {
      throw tooLarge(path, 'more', maximumBytes);
    }
    if (error instanceof FhirError && error.kind === 'other-origin') {
      throw new NoteUnreadableError(
        `${path}.url leads to another origin than the FHIR server's and was not followed.`,
      );
    }
    throw error;
  }
}

/**
 * The document says the type; the answer may add the charset, but its type alone (such as
 * application/octet-stream) says less.
 */
function mergedType(documented: string | undefined, answered: string): string {
  if (documented === undefined || documented.trim() === '') return answered;
  if (/;\s*charset\s*=/i.test(documented)) return documented;
  const charset = /;\s*charset\s*=\s*("[^"]*"|[^;\s]+)/i.exec(answered)?.[1];
  return charset === undefined ? documented : `${documented}; charset=${charset}`;
}

function tooLarge(path: string, size: string, maximumBytes: number): NoteUnreadableError {
  return new NoteUnreadableError(
    `${path} is too large: ${size}, and at most ${maximumBytes} bytes are read.`,
  );
}

function nothingReadable(document: DocumentReference): NoteUnreadableError {
  const attachments = attachmentsOf(document);
  const types = new Set<string>();
  for (const attachment of attachments) {
    if (typeof attachment?.contentType === 'string')
      types.add(mediaTypeForMessage(attachment.contentType));
  }
  const readable = READABLE_MEDIA_TYPES.join(', ');
  if (types.size === 0) {
    return new NoteUnreadableError(
      `DocumentReference.content holds no attachment with data or a URL and a contentType of ${readable}.`,
    );
  }
  const withoutContent = [...types].every((type) =>
    (READABLE_MEDIA_TYPES as readonly string[]).includes(type),
  );
  return new NoteUnreadableError(
    withoutContent
      ? 'DocumentReference.content[].attachment has neither data nor url.'
      : `Its attachments are of type ${[...types].join(', ')}; these are read: ${readable}.`,
  );
}

function mediaTypeForMessage(contentType: string): string {
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return /^[\w.+-]+\/[\w.+-]+$/.test(mediaType) ? mediaType : 'unknown';
}
