import type { Coding } from '../coding/coding.ts';
import type { Finding, ToleranceMention } from './finding.ts';

/** A reaction that the chart already holds in a structured resource: AllergyIntolerance or AdverseEvent. */
export interface KnownReaction {
  readonly kind: 'allergy' | 'adverse-event';
  /** `AllergyIntolerance/<id>`; absent when the resource has no id. */
  readonly reference?: string;
  /** RxNorm ingredients of the substance; empty when it could not be coded. */
  readonly ingredients: readonly Coding[];
  /** Class names of the substance ("penicillins"), where it is a class. */
  readonly classes: readonly string[];
  readonly substanceText: string;
}

/** A medication that is being ordered, or that the patient is on. */
export interface OrderedDrug {
  readonly ingredients: readonly Coding[];
  readonly text: string;
  /** Id of the draft resource in the hook's context, for suggestions that delete it. */
  readonly resourceId?: string;
  readonly resourceType?: string;
}

export interface AlertInput {
  readonly findings: readonly Finding[];
  readonly tolerances: readonly ToleranceMention[];
  readonly known: readonly KnownReaction[];
  /** Drafted orders; absent for patient-view, where every unrecorded finding counts. */
  readonly orders?: readonly OrderedDrug[];
  /** Alert keys that this user, or anybody for this patient, dismissed. */
  readonly dismissed: ReadonlySet<string>;
  /** Findings below this confidence stay silent; from the model's manifest unless configured. */
  readonly threshold: number;
}

/** One card's worth of news: one drug, and what the notes say of it. */
export interface Alert {
  /** Deterministic in patient and drug (and events), without PHI: the same news has the same key. */
  readonly key: string;
  readonly indicator: 'info' | 'warning';
  readonly drugDisplay: string;
  readonly ingredients: readonly Coding[];
  /** Best evidence first; never empty. */
  readonly findings: readonly Finding[];
  readonly matchedBy: 'ingredient' | 'class' | 'patient';
  readonly order?: OrderedDrug;
}
