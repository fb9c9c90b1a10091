/**
 * Whether a cue is taken back by the words before it in its sentence: "did not require admission",
 * "to avoid hospitalization", "if it persists". `before` is the text that the cue follows.
 */
export function isTakenBack(before: string): boolean {
  const clause = before.split(/[.;:!?]|\bbut\b/).at(-1) ?? '';
  return /(?:\b(?:no|not|without|never|den(?:y|ies|ied)|avoid(?:s|ed|ing)?|prevent(?:s|ed|ing)?|risks? of|if|unless|should|could|may|might|would|until|in case of|watch for|rule[sd]? out)|n['’]t)\s+(?:[\p{L}'’-]+\s+){0,4}$/iu.test(
    clause,
  );
}

/** A cue of `pattern` in `text` that is not taken back. `pattern` has the flags g and i. */
export function hasCue(text: string, pattern: RegExp): boolean {
  for (const match of text.matchAll(pattern)) {
    if (!isTakenBack(text.slice(0, match.index))) return true;
  }
  return false;
}
