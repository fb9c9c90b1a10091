import type { SeriousnessCriterion } from '../finding.ts';
import { hasCue } from './negated-cue.ts';

/**
 * Words of a passage that show a criterion of seriousness, ICH E2A, II.B
 * (https://database.ich.org/sites/default/files/E2A_Guideline.pdf).
 */
const PASSAGE: readonly (readonly [SeriousnessCriterion, RegExp])[] = [
  [
    'death',
    /\bfatal\b|\b(?:led to|leading to|resulted in|resulting in|caus(?:ed|ing)) (?:(?:his|her|the|their) )?death\b|\bdied (?:of|from|because|due to|as a result|secondary)\b|\bpatient (?:died|expired)\b/gi,
  ],
  [
    'life-threatening',
    /\blife[- ]?threatening\b|\bintubat(?:ed|ion)\b|\bICU\b|\bintensive care\b|\bcardiac arrest\b|\bcode blue\b|\b(?:needed|required|received|started on|placed on) (?:vasopressors?|pressors?|mechanical ventilation)\b|\bmechanically ventilated\b|\bresuscitat(?:ed|ion)\b/gi,
  ],
  [
    'hospitalisation',
    /\b(?:re)?admitted (?:to (?:the )?(?:hospital|ward|floor|medicine|telemetry|our service|observation)|for|with|because|due to|after|following|overnight|from)\b|\b(?:was|were|being) (?:re)?admitted\b|\bhospitali[sz](?:ed|ation)\b|\b(?:required|requiring|needed|led to|prompted|resulted in) (?:an? )?(?:hospital )?admission\b|\b(?:prolonged|extended) (?:the )?(?:hospital )?stay\b/gi,
  ],
  [
    'disability',
    /\bpermanent(?:ly)? (?:\w+ )?(?:disab\w+|hearing loss|vision loss|damage|impair\w+|weakness|neuropathy)\b|\bdisabling\b|\bincapacitat(?:ed|ing|ion)\b/gi,
  ],
  [
    'congenital-anomaly',
    /\bcongenital (?:anomal|malformation|defect)\w*|\bbirth defects?\b|\bteratogen\w*|\bfetal (?:anomal|malformation)\w*/gi,
  ],
];

/**
 * Events that are medically important by themselves, after the examples of ICH E2A and the
 * EudraVigilance list of Important Medical Events, kept to what a medicine commonly does.
 */
const IMPORTANT_EVENTS: readonly RegExp[] = [
  // Hypersensitivity
  /anaphyla/i,
  /angio-?(?:o)?(?:neurotic )?o?edema/i,
  /(?:laryn\w+|throat|tongue|airway|lips?)\W+(?:swelling|o?edema|closing|tightness|swelled)|swollen (?:tongue|throat|lips?)|swelling of (?:the |his |her )?(?:tongue|throat|lips?|airway)/i,
  /bronchospasm|stridor/i,
  // Skin
  /stevens.?johnson|\bSJS\b|epidermal necrolysis|\bTEN\b|\bDRESS\b|drug (?:reaction|rash) with eosinophilia|exanthematous pustulosis|\bAGEP\b/,
  /stevens.?johnson|epidermal necrolysis|erythema multiforme major/i,
  // Blood
  /agranulocytosis|aplastic an(?:a)?emia|pancytopenia|febrile neutropenia|neutropenic fever|h(?:a)?emolytic an(?:a)?emia|h(?:a)?emolysis/i,
  /heparin.induced thrombocytopenia|thrombotic thrombocytopenic/i,
  /\b(?:gi|gastro-?intestinal|intracranial|cerebral|subdural|retroperitoneal|intracerebral|upper gi|variceal)\W+(?:bleed|h(?:a)?emorrhage)|h(?:a)?emorrhagic stroke|h(?:a)?emorrhagic shock|mel(?:a)?ena|black(?:,? tarry)? stools|h(?:a)?ematemesis|ulcer h(?:a)?emorrhage|bleeding (?:gastric |duodenal |peptic )?ulcer|perforat/i,
  // Heart and vessels
  /torsade|ventricular (?:tachycardia|fibrillation)|cardiac arrest|complete heart block|cardiogenic shock|anaphylactic shock|myocardial infarction|pulmonary embol|deep vein thrombosis|\bstroke\b|heart failure/i,
  // Liver, kidney, pancreas, muscle, gut
  /(?:acute )?(?:liver|hepatic) failure|fulminant hepat|drug.induced liver injury|\bDILI\b|hepatotoxic|acute hepatitis/i,
  /acute (?:kidney injury|renal failure|tubular necrosis|interstitial nephritis)|renal failure|\bAKI\b|kidney failure/i,
  /pancreatitis|rhabdomyolysis|lactic acidosis|ketoacidosis/i,
  /(?:pseudomembranous|clostridi\w+ difficile|c\.? ?diff(?:icile)?) ?(?:colitis|infection)?/i,
  // Nerves and mind
  /seizure|convulsion|status epilepticus|\bcoma\b|respiratory (?:depression|arrest|failure)|resp depression/i,
  /serotonin syndrome|neuroleptic malignant|malignant hyperthermia|suicid|delirium|hepatic encephalopathy/i,
  // Lung, ear, eye, tendon, jaw
  /interstitial pneumonitis|pulmonary fibrosis|pulmonary toxicity|pneumonitis/i,
  /blindness|optic neuropathy|ototoxicity|hearing loss|tendon rupture|osteonecrosis/i,
  // Electrolytes and sugar at the severe end
  /severe (?:hypo|hyper)(?:glyc|kal|natr|calc)\w*/i,
];

/**
 * Criteria of seriousness that a note's words show for one event, in the order of ICH E2A.
 *
 * @param passage the sentence or sentences about the event
 * @param names the event as written and its coded terms
 */
export function seriousnessOf(passage: string, names: readonly string[]): SeriousnessCriterion[] {
  const criteria = PASSAGE.filter(([, pattern]) => hasCue(passage, pattern)).map(([name]) => name);
  if (names.some(isImportantEvent)) criteria.push('other-medically-important');
  return criteria;
}

/** Whether an event of this name is medically important by itself. */
export function isImportantEvent(name: string): boolean {
  return IMPORTANT_EVENTS.some((pattern) => pattern.test(name));
}
