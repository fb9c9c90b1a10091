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
  /** RxCUIs (IN) of the members of `classes`. */
  readonly classMembers?: readonly string[];
  /**
   * Set where the record says that there is no such reaction (refuted): the day of that decision,
   * ISO 8601. It answers notes written until then, and no later one.
   */
  readonly refutedOn?: string;
}

/** A medication that is being ordered, or that the patient is on. */
export interface OrderedDrug {
  readonly ingredients: readonly Coding[];
  /** Names of the classes that the ingredients belong to. */
  readonly classes?: readonly string[];
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
  /**
   * Deterministic in patient, drug, events and weight of the news, without PHI: the same news has
   * the same key. One token an event, so that an event that was dismissed stays silent when it comes
   * with others: see alert-key.ts.
   */
  readonly key: string;
  readonly indicator: 'info' | 'warning';
  readonly drugDisplay: string;
  readonly ingredients: readonly Coding[];
  /** Best evidence first; never empty. */
  readonly findings: readonly Finding[];
  readonly matchedBy: 'ingredient' | 'class' | 'patient';
  readonly order?: OrderedDrug;
}
