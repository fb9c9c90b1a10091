import { knownReactionsOf } from '../src/chart/chart-facts.ts';
import type { KnownReaction } from '../src/findings/alert.ts';
import type { UnreadPart } from './card-context.ts';
import type { HookDependencies } from './dependencies.ts';
import { type DataSource, prefetchedOrSearched } from './prefetched-chart.ts';

export interface RecordedReactions {
  readonly known: readonly KnownReaction[];
  /** What could not be read; a card says so, since what it tells may be recorded there. */
  readonly unread: readonly UnreadPart[];
}

const LISTS = [
  { key: 'allergies', type: 'AllergyIntolerance', parameter: 'patient', name: 'allergy list' },
  { key: 'adverseEvents', type: 'AdverseEvent', parameter: 'subject', name: 'adverse event list' },
] as const;

/**
 * The reactions that the chart holds already, prefetched or searched for. A list that cannot be
 * read fails no call: the card is shown all the same, and says so.
 */
export async function recordedReactions(
  dependencies: HookDependencies,
  source: DataSource,
): Promise<RecordedReactions> {
  const signal = AbortSignal.any([source.signal, AbortSignal.timeout(dependencies.factsTimeoutMs)]);
  const lists = await Promise.all(
    LISTS.map(async ({ key, type, parameter, name }) => {
      const resources = await prefetchedOrSearched(
        source,
        key,
        (client) =>
          client.searchPages(type, { [parameter]: `Patient/${source.patientId}` }, { signal }),
        (error) => dependencies.onWarning?.(`the ${name} could not be read`, error),
      );
      return { name, resources };
    }),
  );
  return {
    known: knownReactionsOf(
      lists.flatMap(({ resources }) => resources ?? []),
      dependencies.linker,
    ),
    unread: lists.filter(({ resources }) => !resources).map(({ name }) => name),
  };
}
