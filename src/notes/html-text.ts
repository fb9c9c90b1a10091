import { type Token, type TokenHandler, Tokenizer, TokenizerMode } from 'parse5';
import {
  BLOCK,
  CELL,
  HEAD_CONTENT,
  HEADING,
  HIDDEN,
  PARAGRAPH,
  PREFORMATTED,
  STRONG,
  TOKENIZER_MODE,
  VOID,
} from './html-elements.ts';
import { alignText, type TextMode } from './html-references.ts';
import { HtmlWriter } from './html-writer.ts';
import type { LayoutMarks } from './layout.ts';
import type { OffsetMap, TextSpan } from './note.ts';

export interface HtmlText {
  readonly text: string;
  readonly offsets: OffsetMap;
  /** What the mark-up says of headings. */
  readonly marks: LayoutMarks;
}

/** What an open element must undo when it closes. */
interface Opened {
  readonly strongFrom?: number;
  readonly headingFrom?: number;
  readonly preformatted?: boolean;
}

/**
 * The text of an HTML document as a reader sees it: blocks and `<br>` become line breaks, table
 * rows lines with ` | ` between their cells, list items lines with bullets or numbers; scripts,
 * styles, the head and hidden elements are left out; character references are decoded and white
 * space is collapsed.
 *
 * It works on parse5's tokens and not on its tree, which moves text about (out of tables that it
 * stands in wrongly) and takes quadratic time on deeply nested mark-up: here every character keeps
 * its place and its order, in linear time.
 *
 * @param xml XHTML: `<script/>` is closed, CDATA sections are text
 */
export function readHtml(source: string, { xml }: { xml: boolean }): HtmlText {
  const reader = new HtmlReader(source, xml);
  const tokenizer = new Tokenizer({ sourceCodeLocationInfo: true }, reader);
  tokenizer.inForeignNode = xml;
  reader.setMode = (mode) => {
    tokenizer.state = TokenizerMode[mode];
  };
  tokenizer.write(source, true);
  return reader.finish();
}

class HtmlReader implements TokenHandler {
  setMode: (mode: (typeof TOKENIZER_MODE)[string]) => void = () => {};
  readonly #source: string;
  readonly #xml: boolean;
  readonly #writer = new HtmlWriter();
  readonly #headings: TextSpan[] = [];
  readonly #strong: TextSpan[] = [];
  /** By element name, so that an end tag finds its start tag at once however deep the nesting. */
  readonly #open = new Map<string, Opened[]>();
  readonly #lists: { next: number | undefined }[] = [];
  readonly #rows: { cells: number; startLength: number }[] = [];
  #hidden: { name: string; depth: number } | undefined;
  #preformatted = 0;
  #mode: TextMode = 'data';
  /** Text since the last tag or comment, which may come in several tokens. */
  #run = '';
  #runStart = 0;

  constructor(source: string, xml: boolean) {
    this.#source = source;
    this.#xml = xml;
  }

  onCharacter(token: Token.CharacterToken): void {
    this.#run += token.chars;
  }
  onWhitespaceCharacter(token: Token.CharacterToken): void {
    this.#run += token.chars;
  }
  /** U+0000 is not shown. */
  onNullCharacter(): void {}
  onComment(token: Token.CommentToken): void {
    this.#endRun(token.location);
  }
  onDoctype(token: Token.DoctypeToken): void {
    this.#endRun(token.location);
  }
  onEof(): void {
    this.#endRun(null);
  }

  onStartTag(token: Token.TagToken): void {
    const at = this.#endRun(token.location);
    const name = token.tagName;
    const childless = VOID.has(name) || (this.#xml && token.selfClosing);
    const mode = TOKENIZER_MODE[name];
    if (mode && !childless) {
      this.setMode(mode);
      this.#mode = mode === 'RCDATA' ? 'rcdata' : 'literal';
    }
    if (this.#hidden?.name === 'head' && !HEAD_CONTENT.has(name)) this.#hidden = undefined;
    if (this.#hidden) {
      if (this.#hidden.name === name && !childless) this.#hidden.depth += 1;
      return;
    }
    if (name === 'br') this.#writer.addLineBreak(at);
    if (name === 'hr') this.#writer.breakLine(2, at);
    if (childless) return;
    if (HIDDEN.has(name) || isHidden(token)) this.#hidden = { name, depth: 1 };
    else this.#show(token, at);
  }

  onEndTag(token: Token.TagToken): void {
    const at = this.#endRun(token.location);
    const name = token.tagName;
    // The tokenizer lets no other end tag than the element's own through.
    this.#mode = 'data';
    if (this.#hidden) {
      if (this.#hidden.name === name) this.#hidden.depth -= 1;
      if (this.#hidden.depth === 0) this.#hidden = undefined;
      return;
    }
    this.#close(this.#open.get(name)?.pop());
    if (name === 'li') this.#writer.endItem(at);
    else if (name === 'ul' || name === 'ol') this.#lists.pop();
    else if (name === 'tr') this.#writer.endRow(at);
    else if (name === 'table') this.#rows.pop();
    if (name === 'table') this.#writer.endRow(at);
    this.#break(name, at);
  }

  finish(): HtmlText {
    for (const elements of this.#open.values()) {
      for (const element of elements) this.#close(element);
    }
    const { text, offsets } = this.#writer.finish();
    const visible = (spans: readonly TextSpan[]) =>
      spans.map((span) => trimmed(text, span)).filter((span) => span.end > span.start);
    return {
      text,
      offsets,
      marks: { headings: visible(this.#headings), strong: visible(this.#strong) },
    };
  }

  #show(token: Token.TagToken, at: number): void {
    const name = token.tagName;
    const style = attribute(token, 'style') ?? '';
    if (name === 'table') this.#rows.push({ cells: 0, startLength: this.#writer.length });
    if (CELL.has(name)) this.#beginCell(at);
    else this.#break(name, at);
    if (name === 'tr') this.#beginRow();
    if (name === 'ul' || name === 'ol') {
      const start = Number.parseInt(attribute(token, 'start') ?? '1', 10);
      this.#lists.push({ next: name === 'ol' ? (Number.isNaN(start) ? 1 : start) : undefined });
    }
    if (name === 'li') this.#writer.beginItem(this.#bullet(), at);

    const preformatted =
      PREFORMATTED.has(name) || /white-space\s*:\s*(pre\b|break-spaces)/i.test(style);
    if (preformatted) this.#preformatted += 1;
    const strong = STRONG.has(name) || /font-weight\s*:\s*(bold|[6-9]00)/i.test(style);
    const element: Opened = {
      ...(preformatted ? { preformatted } : {}),
      ...(strong ? { strongFrom: this.#writer.length } : {}),
      ...(HEADING.has(name) ? { headingFrom: this.#writer.length } : {}),
    };
    const elements = this.#open.get(name);
    if (elements) elements.push(element);
    else this.#open.set(name, [element]);
  }

  #close(element: Opened | undefined): void {
    if (!element) return;
    const end = this.#writer.length;
    if (element.preformatted) this.#preformatted -= 1;
    if (element.strongFrom !== undefined) this.#strong.push({ start: element.strongFrom, end });
    if (element.headingFrom !== undefined) this.#headings.push({ start: element.headingFrom, end });
  }

  #break(name: string, at: number): void {
    if (PARAGRAPH.has(name)) this.#writer.breakLine(2, at);
    else if (BLOCK.has(name)) this.#writer.breakLine(1, at);
  }

  #beginRow(): void {
    const row = this.#rows.at(-1);
    if (!row) return;
    row.cells = 0;
    row.startLength = this.#writer.length;
  }

  #beginCell(at: number): void {
    const row = this.#rows.at(-1);
    if (!row) return;
    this.#writer.beginCell(row.cells > 0 && this.#writer.length > row.startLength, at);
    row.cells += 1;
  }

  #bullet(): string {
    const list = this.#lists.at(-1);
    const indent = '  '.repeat(Math.min(Math.max(this.#lists.length - 1, 0), 8));
    if (list?.next === undefined) return `${indent}• `;
    list.next += 1;
    return `${indent}${list.next - 1}. `;
  }

  /** Writes the text up to a tag or comment. @returns where that begins in the source */
  #endRun(location: Token.Location | null): number {
    const end = location?.startOffset ?? this.#source.length;
    if (this.#run !== '' && !this.#hidden) {
      const places = alignText(this.#source, this.#runStart, end, this.#run, {
        mode: this.#mode,
        xml: this.#xml,
      });
      this.#writer.write(this.#run, places, this.#preformatted > 0);
    }
    this.#run = '';
    this.#runStart = location?.endOffset ?? this.#source.length;
    return end;
  }
}

function attribute(token: Token.TagToken, name: string): string | undefined {
  return token.attrs.find((candidate) => candidate.name === name)?.value;
}

function isHidden(token: Token.TagToken): boolean {
  return (
    attribute(token, 'hidden') !== undefined ||
    /(display\s*:\s*none|visibility\s*:\s*hidden)/i.test(attribute(token, 'style') ?? '')
  );
}

/** Without the line breaks, bullets and separators that were written after the element began. */
function trimmed(text: string, span: TextSpan): TextSpan {
  let { start, end } = span;
  end = Math.min(end, text.length);
  while (start < end && /[\s•|]/.test(text.charAt(start))) start += 1;
  while (end > start && /\s/.test(text.charAt(end - 1))) end -= 1;
  return { start, end };
}
