const GREEK: Readonly<Record<string, string>> = {
  α: 'alpha',
  β: 'beta',
  γ: 'gamma',
  δ: 'delta',
  ε: 'epsilon',
  κ: 'kappa',
  λ: 'lambda',
  μ: 'mu',
  ω: 'omega',
};

/**
 * Folds a text so that forms which differ only in case, accents, Greek letters, trade-mark signs,
 * kinds of dash and quote, or white space become one. Idempotent.
 */
export function fold(text: string): string {
  // Most mentions are plain lower-case ASCII already; the long way costs ten times as much.
  if (/^[\x21-\x7E]+(?: [\x21-\x7E]+)*$/.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036F]/g, '')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036F]/g, '')
    .replace(/[αβγδεκλμω]/g, (letter) => GREEK[letter] ?? letter)
    .replace(/ß/g, 'ss')
    .replace(/[®™©\u200B-\u200D\uFEFF\u00AD]/g, '')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\u2018\u2019\u02BC`]/g, "'")
    .replace(/[\u201C\u201D]/g, '"')
    .replace(/\u2191/g, ' increased ')
    .replace(/\u2193/g, ' decreased ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Words of a folded text: runs of letters and digits. */
export function words(folded: string): string[] {
  // Folded names are nearly always ASCII; the Unicode classes cost several times as much.
  return folded.match(/^[\x20-\x7E]*$/.test(folded) ? /[a-z0-9]+/g : /[\p{L}\p{N}]+/gu) ?? [];
}
