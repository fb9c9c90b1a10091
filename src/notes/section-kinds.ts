import type { SectionKind } from './note.ts';

/**
 * What a heading says about the text under it. `exact` names may stand anywhere a heading can,
 * also in the middle of a line (`FH: …`); `pattern` is tried on whole lines and at line starts.
 */
interface Kind {
  readonly kind: SectionKind;
  readonly exact: string;
  readonly pattern?: RegExp;
}

/** The first that fits wins: "medication allergies" are allergies, "family history" is no past history. */
const KINDS: readonly Kind[] = [
  {
    kind: 'allergies',
    exact:
      'allergies|allergy|all|nkda|drug allergies|medication allergies|allergies and reactions|allergies/reactions|' +
      'allergies/intolerances|allergies and intolerances|intolerances|drug intolerances|adverse reactions|' +
      'adverse drug reactions|adr|adrs|sensitivities|allergy list|allergies and adverse reactions',
    pattern:
      /\b(allerg(y|ies)|intolerances?|hypersensitivit(y|ies)|(adverse|drug|medication) (drug )?reactions?)\b/,
  },
  {
    kind: 'family-history',
    exact: 'family history|family hx|fam hx|famhx|fhx|fh|family medical history|fam history|family',
    pattern: /\bfam(ily|ilial)? .*(history|hx)\b/,
  },
  {
    kind: 'history-of-present-illness',
    exact:
      'hpi|hopi|history of present illness|history of the present illness|present illness|hx of present illness|' +
      'interval history|interval hx|interim history|subjective|s|history of presenting illness|' +
      'history of present illness/hospital course|hpi brief|brief hpi|hpc|current illness|history of current illness',
    pattern:
      /\b(history|hx) of (the )?(present|presenting|current) (illness|complaint)|\bhpi\b|\binter(val|im) (history|hx|events?)\b/,
  },
  {
    kind: 'other',
    exact:
      'social history|social hx|soc hx|shx|sh|social|obstetric history|ob history|sexual history|travel history|' +
      'history|smoking history|alcohol history|occupational history|developmental history|immunization history',
    pattern:
      /\b(social|sexual|travel|occupational|developmental|immuni[sz]ation|smoking|alcohol|tobacco|substance)( use| abuse)? (history|hx)\b/,
  },
  {
    kind: 'past-history',
    exact:
      'past medical history|past medical hx|pmh|pmhx|past history|past hx|medical history|medical hx|psh|pshx|' +
      'past surgical history|surgical history|surgical hx|past psychiatric history|psychiatric history|pmh/psh|' +
      'pmsh|past medical/surgical history|past medical and surgical history|problem list|problems|' +
      'chronic problems|active problems|comorbidities|past oncologic history|oncologic history',
    pattern:
      /\b(past|previous|prior|medical|surgical|psychiatric|oncologic(al)?|cardiac)\b.*\b(history|hx)\b|\b(pmh|psh)\b|\bproblem list\b/,
  },
  {
    kind: 'instructions',
    exact:
      'instructions|patient instructions|discharge instructions|return precautions|patient education|education|' +
      'counseling|counselling|precautions|warnings|avs|after visit summary|home instructions|' +
      'follow-up instructions|aftercare|aftercare instructions|when to call|call us if|call if',
    pattern:
      /\b(instructions?|return precautions|patient education|aftercare|counsell?ing|when to call)\b/,
  },
  {
    kind: 'medications',
    exact:
      'medications|medication|meds|current medications|current meds|home medications|home meds|outpatient medications|' +
      'discharge medications|discharge meds|admission medications|medications on admission|medications at discharge|' +
      'medications prior to admission|pta|pta meds|medication list|med list|mar|rx|gtts|drips|infusions|drug list|' +
      'active medications|inpatient medications|scheduled meds|prn meds|prns|otc|sys meds|current list|' +
      'medications reviewed|meds reviewed|dh|dhx|drug history|prescriptions|antibiotics',
    pattern: /\b(medications?|meds|prescriptions?|medicines)\b/,
  },
  {
    kind: 'assessment',
    exact:
      'assessment|impression|imp|a/p|a&p|a and p|ap|assessment/plan|assessment and plan|impression and plan|' +
      'impression/plan|assessment and recommendations|impression and recommendations|diagnosis|diagnoses|dx|' +
      'discharge diagnosis|discharge diagnoses|admission diagnosis|final diagnosis|clinical impression|a|discussion|' +
      'medical decision making|mdm|formulation|summary and assessment|conclusion|conclusions|opinion',
    pattern: /\b(assessment|impression|diagnos[ie]s|medical decision making)\b/,
  },
  {
    kind: 'plan',
    exact:
      'plan|plans|p|recommendations|recommendation|recs|rec|treatment plan|plan of care|care plan|' +
      'discharge plan|disposition and plan|plan and recommendations|follow-up plan|management plan|to do',
    pattern: /\b(plan|recommendations?)\b/,
  },
  {
    kind: 'other',
    exact:
      'chief complaint|cc|pc|o/e|reason for visit|reason for consultation|reason for consult|reason for admission|' +
      'reason for referral|ros|review of systems|physical exam|physical examination|pe|exam|examination|objective|o|' +
      'vitals|vital signs|vs|labs|lab|laboratory|laboratory data|lab results|results|data|studies|imaging|radiology|' +
      'ekg|ecg|echo|cxr|ct|mri|ua|hospital course|course|brief hospital course|ed course|hospital course by problem|' +
      'procedure|procedures|procedures performed|operation|operations|findings|technique|indication|indications|' +
      'comparison|pathology|microbiology|immunizations|vaccines|vax|disposition|dispo|condition on discharge|' +
      'discharge condition|condition|code status|diet|activity|follow-up|follow up|followup|f/u|addendum|' +
      'consults|consultations|attending note|nursing note|function|events|subjective/objective|general|' +
      'identification|id|date|patient|author|mental status exam|mse|functional status|hospital course by system|' +
      'interventions|monitoring|goals|response|situation|background|time|attestation|signature|risk assessment',
    pattern:
      /\b(physical exam(ination)?|review of systems|vital signs?|(hospital|ed|icu|clinical|emergency department) course|lab(oratory|s)?( results| data)?|imaging|follow-?up|chief complaint|reason for (visit|consult(ation)?|admission|referral)|addendum)\b/,
  },
];

const EXACT: ReadonlyMap<string, SectionKind> = new Map(
  KINDS.flatMap(({ kind, exact }) => exact.split('|').map((name) => [name, kind] as const)),
);

/** "Allergy clinic", "Pharmacy medication review note": the title of a note, and no heading in it. */
const TITLE =
  /\b(notes?|consult(ation)?|clinic|visit|report|letter|handover|summary|interview|unit|service)\b/;
/** More words than this are a sentence that speaks of allergies, and not a heading. */
const MAXIMUM_PATTERN_WORDS = 7;

/** `1. Allergies / Reactions (reviewed):` → `allergies/reactions` */
export function normalizedHeading(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/\([^)]*\)/g, ' ')
    .replace(/^(?:\d{1,2}|[ivx]{1,4}|[a-z])[.)]\s+/, '')
    .replace(/\s*\/\s*/g, '/')
    .replace(/\s*&\s*/g, (match) => (match === '&' ? '&' : ' and '))
    .replace(/[^\p{L}\p{N}/&-]+/gu, ' ')
    .replace(/^[\s-]+|[\s-]+$/g, '')
    .replace(/\s+/g, ' ');
}

/** The kind of a heading that is known word for word; undefined for others. */
export function exactKind(heading: string): SectionKind | undefined {
  return EXACT.get(normalizedHeading(heading));
}

/** The kind of a heading by what it speaks of; undefined when it says nothing that is known. */
export function kindOf(heading: string): SectionKind | undefined {
  const normalized = normalizedHeading(heading);
  const exact = EXACT.get(normalized);
  if (exact) return exact;
  if (TITLE.test(normalized) || normalized.split(' ').length > MAXIMUM_PATTERN_WORDS)
    return undefined;
  return KINDS.find(({ pattern }) => pattern?.test(normalized))?.kind;
}
