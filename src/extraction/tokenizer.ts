import { ALONE, CHARACTER_CLASSES, LETTER, REMOVE, SEPARATE } from './character-classes.ts';
import { FoldedWord, MAX_WORD_LENGTH } from './folded-word.ts';
import { TokenBuffer, type Tokens } from './token-buffer.ts';

/** Clinical texts repeat themselves; a full cache is emptied, so that memory stays bounded. */
const CACHED_WORDS = 1 << 15;
/**
 * V8 makes a longer slice a view into its text, and a cached view would keep that whole note in
 * memory.
 */
const CACHED_LENGTH = 12;
const SPECIAL_TOKENS = /\[(?:PAD|UNK|CLS|SEP|MASK)\]/g;

/** One word's pieces: ids, and where each ends in the normalised word. */
interface Pieces {
  readonly ids: readonly number[];
  readonly ends: readonly number[];
}

/**
 * WordPiece as BERT uncased has it: control characters out, ideographs and punctuation apart,
 * accents and case folded, then the longest known piece from the left. Equal token for token to
 * Hugging Face `tokenizers` (Rust) without `[CLS]` and `[SEP]`, but with UTF-16 offsets, and never
 * truncated. A special token that a text spells out (`[SEP]`) is that token, as there.
 *
 * https://github.com/huggingface/tokenizers (bindings: models/wordpiece, normalizers/bert)
 */
export class WordPieceTokenizer {
  readonly #vocabulary: ReadonlyMap<string, number>;
  readonly #continuations: Uint8Array;
  readonly #unknown: Pieces;
  readonly #unknownId: number;
  readonly #words = new Map<string, Pieces>();
  readonly #longest: number;

  /**
   * @param vocabulary tokens in the order of their ids
   * @throws Error when the vocabulary has no `[UNK]`
   */
  constructor(vocabulary: readonly string[]) {
    this.#vocabulary = new Map(vocabulary.map((token, id) => [token, id]));
    const unknownId = this.#vocabulary.get('[UNK]');
    if (unknownId === undefined) {
      throw new Error(
        'the vocabulary has no [UNK]; a BERT vocab.txt with one token a line is needed',
      );
    }
    this.#unknownId = unknownId;
    this.#unknown = { ids: [unknownId], ends: [] };
    this.#continuations = Uint8Array.from(vocabulary, (token) => (token.startsWith('##') ? 1 : 0));
    this.#longest = vocabulary.reduce((length, token) => Math.max(length, token.length), 0);
  }

  /** @param text content of a `vocab.txt`: one token a line */
  static fromVocabularyFile(text: string): WordPieceTokenizer {
    return new WordPieceTokenizer(text.replace(/\r?\n$/, '').split(/\r?\n/));
  }

  get size(): number {
    return this.#continuations.length;
  }

  /** Whether a token goes on with the word of the token before it (`##`). */
  isContinuation(id: number): boolean {
    return this.#continuations[id] === 1;
  }

  /** @param text any string; half surrogate pairs are left out */
  encode(text: string): Tokens {
    const out = new TokenBuffer(text.length);
    let from = 0;
    for (const match of text.matchAll(SPECIAL_TOKENS)) {
      const id = this.#vocabulary.get(match[0]);
      if (id === undefined) continue;
      this.#encodeRange(text, from, match.index, out);
      from = match.index + match[0].length;
      out.push(id, match.index, from);
    }
    this.#encodeRange(text, from, text.length, out);
    return out.tokens();
  }

  #encodeRange(text: string, from: number, to: number, out: TokenBuffer): void {
    const word = new FoldedWord();
    let i = from;
    while (i < to) {
      const code = text.charCodeAt(i);
      if (code < 128) {
        const kind = CHARACTER_CLASSES[code];
        if (kind === LETTER && word.length === 0) {
          // Most words are ASCII letters up to a space or a sign: no folding by character.
          let end = i + 1;
          let next = 0;
          for (; end < to; end++) {
            next = text.charCodeAt(end);
            if (next >= 128 || CHARACTER_CLASSES[next] !== LETTER) break;
          }
          if (end === to || (next < 128 && CHARACTER_CLASSES[next] !== REMOVE)) {
            this.#emitPlain(text.slice(i, end), i, out);
            i = end;
            continue;
          }
        }
        if (kind === LETTER) word.append(text[i] as string, i, i + 1);
        else if (kind !== REMOVE) {
          this.#emitFolded(word, out);
          if (kind === ALONE) this.#emitPlain(text[i] as string, i, out);
        }
        i += 1;
      } else {
        const codePoint = text.codePointAt(i) as number;
        const end = i + (codePoint > 0xffff ? 2 : 1);
        this.#encodeForeign(Math.min(end, to) === end ? codePoint : code, i, end, word, out);
        i = end;
      }
    }
    this.#emitFolded(word, out);
  }

  /** A character beyond ASCII: it may be left out, separate, or come apart into several. */
  #encodeForeign(
    codePoint: number,
    start: number,
    end: number,
    word: FoldedWord,
    out: TokenBuffer,
  ): void {
    const kind = CHARACTER_CLASSES[codePoint];
    if (kind === REMOVE) return;
    if (kind !== LETTER) this.#emitFolded(word, out);
    if (kind === SEPARATE) return;
    for (const part of String.fromCodePoint(codePoint).normalize('NFD')) {
      const partKind = CHARACTER_CLASSES[part.codePointAt(0) as number];
      if (partKind === REMOVE) continue;
      if (partKind === ALONE) this.#emitFolded(word, out);
      word.append(part, start, end);
      if (partKind === ALONE) this.#emitFolded(word, out);
    }
    if (kind === ALONE) this.#emitFolded(word, out);
  }

  /** A word whose characters stand one by one in the text. */
  #emitPlain(word: string, start: number, out: TokenBuffer): void {
    const pieces = this.#piecesOf(word);
    if (pieces === this.#unknown) {
      out.push(this.#unknownId, start, start + word.length);
      return;
    }
    let from = start;
    for (let p = 0; p < pieces.ids.length; p++) {
      const to = start + (pieces.ends[p] as number);
      out.push(pieces.ids[p] as number, from, to);
      from = to;
    }
  }

  #piecesOf(word: string): Pieces {
    if (word.length > CACHED_LENGTH) return this.#split(word.toLowerCase(), word.length);
    let pieces = this.#words.get(word);
    if (pieces === undefined) {
      pieces = this.#split(word.toLowerCase(), word.length);
      if (this.#words.size >= CACHED_WORDS) this.#words.clear();
      this.#words.set(word, pieces);
    }
    return pieces;
  }

  #emitFolded(word: FoldedWord, out: TokenBuffer): void {
    if (word.length === 0) return;
    const pieces = this.#split(word.text, word.codePoints);
    if (pieces === this.#unknown)
      out.push(this.#unknownId, word.startOf(0), word.endOf(word.length));
    else {
      let from = 0;
      for (let p = 0; p < pieces.ids.length; p++) {
        const to = pieces.ends[p] as number;
        out.push(pieces.ids[p] as number, word.startOf(from), word.endOf(to));
        from = to;
      }
    }
    word.clear();
  }

  /** @param word folded; ASCII where `codePoints` is its length */
  #split(word: string, codePoints: number): Pieces {
    if (codePoints > MAX_WORD_LENGTH) return this.#unknown;
    const ids: number[] = [];
    const ends: number[] = [];
    for (let start = 0; start < word.length; ) {
      let end = Math.min(word.length, start + this.#longest);
      let id: number | undefined;
      for (; end > start; end--) {
        const piece = word.slice(start, end);
        id = this.#vocabulary.get(start === 0 ? piece : `##${piece}`);
        if (id !== undefined) break;
      }
      if (id === undefined) return this.#unknown;
      ids.push(id);
      ends.push(end);
      start = end;
    }
    return { ids, ends };
  }
}
