import type { OffsetMap } from './note.ts';

const SPACE = /[\t\n\f\r \u00a0]/;
/** Shown as nothing: soft hyphen, zero-width space, word joiner, byte order mark. */
const INVISIBLE = /[\u00ad\u200b\u2060\ufeff]/;
const INITIAL_CAPACITY = 1 << 14;
/** As many arguments as `String.fromCharCode` takes safely. */
const CHUNK_UNITS = 1 << 13;

/**
 * Writes the shown text and keeps, for every UTF-16 code unit, where in the source it came from.
 * Line breaks, bullets, separators and spaces wait until something visible follows, so that the
 * text neither begins nor ends with them.
 */
export class HtmlWriter {
  readonly #chunks: string[] = [];
  #units: number[] = [];
  #places = new Int32Array(INITIAL_CAPACITY);
  #length = 0;

  #breaks = 0;
  #space = false;
  #separators = 0;
  #bullet = '';
  /** At the beginning of a cell or list item, where a block does not begin another line. */
  #held = false;
  /** Where the earliest of what waits stands in the source. */
  #waitingAt = 0;

  /** UTF-16 code units written so far. */
  get length(): number {
    return this.#length;
  }

  /** Ends the line; 2 leave an empty line. Several at one place count as the largest. */
  breakLine(lines: 1 | 2, sourceOffset: number): void {
    if (this.#held) return;
    this.#wait(sourceOffset);
    this.#breaks = Math.max(this.#breaks, lines);
  }

  /** `<br>`, or a line feed in preformatted text: adds to the breaks before it. */
  addLineBreak(sourceOffset: number): void {
    this.#wait(sourceOffset);
    this.#breaks = Math.min(this.#breaks + 1, 2);
  }

  /** Begins a list item; the bullet is shown once the item shows something. */
  beginItem(bullet: string, sourceOffset: number): void {
    this.breakLine(1, sourceOffset);
    this.#bullet = bullet;
    this.#held = true;
  }

  endItem(sourceOffset: number): void {
    this.#bullet = '';
    this.#held = false;
    this.breakLine(1, sourceOffset);
  }

  /**
   * Begins a cell of a table.
   * @param continues whether the row already shows something: then the line goes on after a separator
   */
  beginCell(continues: boolean, sourceOffset: number): void {
    this.#wait(sourceOffset);
    if (continues) {
      this.#breaks = 0;
      this.#separators += 1;
    }
    this.#held = true;
  }

  endRow(sourceOffset: number): void {
    this.#separators = 0;
    this.#held = false;
    this.breakLine(1, sourceOffset);
  }

  /**
   * @param places where each code unit of `text` stands in the source
   * @param keepSpaces preformatted: white space as written, line feeds are breaks
   */
  write(text: string, places: Int32Array, keepSpaces: boolean): void {
    for (let i = 0; i < text.length; i += 1) {
      const character = text.charAt(i);
      const place = places[i] ?? 0;
      if (INVISIBLE.test(character)) continue;
      if (!SPACE.test(character)) {
        this.#flush(place);
        this.#put(text.charCodeAt(i), place);
      } else if (!keepSpaces) {
        this.#wait(place);
        this.#space = true;
      } else if (character === '\n') {
        this.addLineBreak(place);
      } else {
        this.#flush(place);
        this.#put(character === '\t' ? 0x09 : 0x20, place);
      }
    }
  }

  finish(): { text: string; offsets: OffsetMap } {
    this.#joinUnits();
    // Only preformatted white space can stand at the end.
    const text = this.#chunks.join('').trimEnd();
    const places = this.#places.slice(0, text.length);
    return { text, offsets: { toSource: (textOffset) => placeAt(places, textOffset) } };
  }

  #wait(sourceOffset: number): void {
    const waiting = this.#breaks > 0 || this.#space || this.#separators > 0 || this.#bullet !== '';
    if (!waiting) this.#waitingAt = sourceOffset;
  }

  #flush(place: number): void {
    const at = Math.min(this.#waitingAt, place);
    if (this.#length === 0 || this.#breaks > 0) {
      if (this.#length > 0) this.#putText('\n'.repeat(this.#breaks), at);
      this.#putText(this.#bullet, at);
    } else if (this.#separators > 0) {
      this.#putText(` ${'| '.repeat(this.#separators)}${this.#bullet.trimStart()}`, at);
    } else if (this.#space) {
      this.#putText(' ', at);
    }
    this.#breaks = 0;
    this.#space = false;
    this.#separators = 0;
    this.#bullet = '';
    this.#held = false;
  }

  #putText(text: string, place: number): void {
    for (let i = 0; i < text.length; i += 1) this.#put(text.charCodeAt(i), place);
  }

  #put(unit: number, place: number): void {
    if (this.#length === this.#places.length) {
      const larger = new Int32Array(this.#places.length * 2);
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places[this.#length] = place;
    this.#length += 1;
    this.#units.push(unit);
    if (this.#units.length >= CHUNK_UNITS) this.#joinUnits();
  }

  #joinUnits(): void {
    this.#chunks.push(String.fromCharCode(...this.#units));
    this.#units = [];
  }
}

/** Past the end: one past the last character's place, so that the end of a span maps as well. */
function placeAt(places: Int32Array, textOffset: number): number {
  const last = places.length - 1;
  if (last < 0) return 0;
  if (textOffset > last) return (places[last] ?? 0) + 1;
  return places[Math.max(0, textOffset)] ?? 0;
}
