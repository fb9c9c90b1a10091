/** Sub-words of a text; `starts` and `ends` are UTF-16 offsets into it, half open. */
export interface Tokens {
  readonly ids: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Three columns that grow together. */
export class TokenBuffer {
  #ids: Int32Array;
  #starts: Int32Array;
  #ends: Int32Array;
  #length = 0;

  constructor(textLength: number) {
    // Notes have a token for three to four characters; the text's length is the most for ASCII.
    const capacity = (textLength >> 1) + 16;
    this.#ids = new Int32Array(capacity);
    this.#starts = new Int32Array(capacity);
    this.#ends = new Int32Array(capacity);
  }

  push(id: number, start: number, end: number): void {
    if (this.#length === this.#ids.length) {
      this.#ids = grown(this.#ids);
      this.#starts = grown(this.#starts);
      this.#ends = grown(this.#ends);
    }
    this.#ids[this.#length] = id;
    this.#starts[this.#length] = start;
    this.#ends[this.#length] = end;
    this.#length += 1;
  }

  tokens(): Tokens {
    return {
      ids: this.#ids.slice(0, this.#length),
      starts: this.#starts.slice(0, this.#length),
      ends: this.#ends.slice(0, this.#length),
    };
  }
}

function grown(column: Int32Array): Int32Array {
  const larger = new Int32Array(column.length * 2);
  larger.set(column);
  return larger;
}
