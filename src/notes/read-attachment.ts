import { parseContentType } from './content-type.ts';
import { decodeText } from './decode-text.ts';
import { htmlCharset } from './html-charset.ts';
import { readHtml } from './html-text.ts';
import { layoutOf } from './layout.ts';
import type { NoteText } from './note.ts';
import { NoteUnreadableError } from './note-unreadable-error.ts';

/** Media types that become notes, the preferred one first. */
export const READABLE_MEDIA_TYPES = ['text/plain', 'text/html', 'application/xhtml+xml'] as const;
export type ReadableMediaType = (typeof READABLE_MEDIA_TYPES)[number];

export interface AttachmentContent {
  /** As the server says it, with parameters: `text/html; charset=iso-8859-1`. */
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** The media type of a content type when it is one that is read; else undefined. */
export function readableMediaType(contentType: string): ReadableMediaType | undefined {
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase();
  return READABLE_MEDIA_TYPES.find((readable) => readable === mediaType);
}

/**
 * Reads one attachment: plain text in its charset as it stands, HTML as the text that a reader
 * sees. An empty attachment is an empty note.
 *
 * Time and memory grow with the size alone, whatever the mark-up; the caller limits the size.
 *
 * @throws NoteUnreadableError for other media types, unknown charsets and bytes that are no text
 */
export function readAttachment({ contentType, bytes }: AttachmentContent): NoteText {
  const { mediaType, parameters } = parseContentType(contentType);
  const charset = parameters.get('charset');
  switch (mediaType) {
    case 'text/plain': {
      const { text, undecodable } = decodeText(bytes, charset);
      return {
        text,
        layout: layoutOf(text),
        offsets: { toSource: (textOffset) => clamp(textOffset, text.length) },
        ...(undecodable > 0 ? { undecodable } : {}),
      };
    }
    case 'text/html':
    case 'application/xhtml+xml': {
      const decoded = decodeText(bytes, charset ?? htmlCharset(bytes));
      const { text, offsets, marks } = readHtml(decoded.text, {
        xml: mediaType === 'application/xhtml+xml',
      });
      return {
        text,
        layout: layoutOf(text, marks),
        offsets,
        ...(decoded.undecodable > 0 ? { undecodable: decoded.undecodable } : {}),
      };
    }
    default:
      throw new NoteUnreadableError(
        `Attachments of type ${mediaType} are not read; these are: ${READABLE_MEDIA_TYPES.join(', ')}.`,
      );
  }
}

function clamp(offset: number, length: number): number {
  return Math.max(0, Math.min(offset, length));
}
