/**
 * Words that say that a drug was taken and agreed with the patient. Each is looked for in the clause
 * or sentence that names the drug.
 */

/** "tolerated": what was tolerated must be the drug, not a meal or a procedure. */
const TOLERATED = /\b(?:well[- ])?tolerat(?:ed|es|ing)\b/gi;
const NOT_TOLERATED_BEFORE =
  /(?:\b(?:not|never|unable to|cannot|can ?not|failed to|poorly|barely|difficulty|trouble|no longer|if|as|whether|until|maxim\w+|max\.?|highest|best|should be|may be|expected to be|to see)|n['’]t)\s+(?:(?:been|be|well|able|to|he|she|they|the|patient|pt)\s+){0,3}$/i;
const NOT_TOLERATED_AFTER = /^\s*(?:poorly|badly|\w+ poorly|dose\b)/i;
/** What else is tolerated in notes. */
const OTHER_OBJECT =
  /^\s*(?:(?:the|a|an|his|her|some|small|full|regular|clear|oral|full|more)\s+){0,2}(?:procedures?|diets?|clears?|liquids?|p\.?o\.?\b(?! (?:med|antib))|oral intake|intake|foods?|feeds?|feedings?|meals?|solids|exercise|activit\w+|surgery|operation|an(?:a)?esthesia|extubation|room air|wean\w*|physical therapy|therapy session|exam\w*|positioning|weight bearing|biopsy|dialysis)\b/i;

/** "without side effects", "no problems with it". */
const WITHOUT_TROUBLE: readonly RegExp[] = [
  /\bwithout (?:any |further |significant )*(?:problems?|issues?|side[- ]effects?|adverse (?:effects?|reactions?|events?)|reactions?|difficult(?:y|ies)|incident|trouble|complications?|ill effects?|complaints?)\b/i,
  /\b(?:no|denies|denied|denying) (?:any |further |significant |known )*(?:problems?|issues?|side[- ]effects?|adverse (?:effects?|reactions?|events?)|trouble|reactions?)\b(?! (?:listed|on file|history))/i,
  /\bagrees? with (?:him|her|them)\b/i,
  /\b(?:doing|does|did|done) (?:very |quite )?well on\b/i,
];

/** Words that show that the drug was really taken, for "… , no rash": of these one must stand there. */
const TAKEN =
  /\b(?:complet(?:ed|es|ing)|finish(?:ed|es|ing)|took|takes|taking|taken|received|given|treated with|(?:re-?)?challenged?|days? of|weeks? of|months? of|course of|doses? of|has been on|remains on|continues? on|stable on)\b/i;
const NO_REACTION =
  /\b(?:no|without|denies|denied) (?:any |further |new |recurrent )*(?:rash(?:es)?|hives?|itching|pruritus|urticaria|swelling|reactions?|symptoms|myalgias?|cough|nausea|diarrhea|bleeding|flushing|wheez\w+)\b/i;

const OF_SOMEBODY_ELSE =
  /\b(?:mother|father|sister|brother|aunt|uncle|cousin|grand(?:mother|father|parents?)|daughter|son|wife|husband|partner)(?:['’]s)?\s+(?:\w+\s+){0,3}(?:takes?|took|taking|tolerat\w+|is on|was on|has been on|does|did)\b/i;

/** What is only planned, asked for or warned of. */
const NOT_YET =
  /\b(?:will (?:start|begin|try)|plan to|to start|consider|call if|return if|stop if|watch for|monitor for|discussed|risks? of|may cause|can cause)\b/i;

/**
 * Whether a clause says that the drug in it was tolerated.
 *
 * @param clause the text around the drug
 * @param onlyDrug whether the clause names no other drug, so that "no side effects" can mean no other
 */
export function saysTolerated(clause: string, onlyDrug: boolean): boolean {
  if (OF_SOMEBODY_ELSE.test(clause) || /\bintoleran/i.test(clause)) return false;
  if (toleratedDrug(clause)) return true;
  if (NOT_YET.test(clause)) return false;
  if (WITHOUT_TROUBLE.some((pattern) => pattern.test(clause))) return true;
  return onlyDrug && TAKEN.test(clause) && NO_REACTION.test(clause);
}

/** Whether a clause says that something was taken: with a negated event, that it was tolerated. */
export function saysTaken(clause: string): boolean {
  return TAKEN.test(clause) && !NOT_YET.test(clause) && !OF_SOMEBODY_ELSE.test(clause);
}

function toleratedDrug(clause: string): boolean {
  for (const match of clause.matchAll(TOLERATED)) {
    const before = clause.slice(0, match.index);
    const after = clause.slice(match.index + match[0].length);
    if (NOT_TOLERATED_BEFORE.test(before)) continue;
    if (NOT_TOLERATED_AFTER.test(after) || OTHER_OBJECT.test(after)) continue;
    return true;
  }
  return false;
}

/** A line of a medication list that says that the drug is not taken, or not yet. */
export function saysNotTaken(line: string): boolean {
  return /\b(?:discontinu\w*|stop(?:ped|ping)?|d\/?c(?:['’]?d|ed)?|held|hold(?:ing)?|allerg\w*|avoid\w*|intoleran\w*|not taking|no longer|not currently|complet(?:ed|e)|finished|past|previous(?:ly)?|former(?:ly)?|never|refus\w*|declin\w*|none|start(?:ing|ed)? today|new)\b/i.test(
    line,
  );
}
