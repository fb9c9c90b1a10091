/** Words longer than this are unknown, as in the reference. Counts code points. */
export const MAX_WORD_LENGTH = 100;

/**
 * A word after folding, with the place in the text of each of its UTF-16 units. What goes beyond the
 * longest word that can be known is only counted.
 */
export class FoldedWord {
  text = '';
  codePoints = 0;
  #lastEnd = 0;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  get length(): number {
    return this.text.length;
  }

  append(character: string, start: number, end: number): void {
    this.codePoints += 1;
    this.#lastEnd = end;
    if (this.codePoints > MAX_WORD_LENGTH) return;
    const lower = character.toLowerCase();
    this.text += lower;
    for (let unit = 0; unit < lower.length; unit++) {
      this.#starts.push(start);
      this.#ends.push(end);
    }
  }

  startOf(unit: number): number {
    return this.#starts[unit] as number;
  }

  endOf(unit: number): number {
    return unit === this.text.length ? this.#lastEnd : (this.#ends[unit - 1] as number);
  }

  clear(): void {
    this.text = '';
    this.codePoints = 0;
    this.#starts.length = 0;
    this.#ends.length = 0;
  }
}
