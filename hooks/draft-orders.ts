import type { AnyResource } from '../src/cds-hooks/coding.ts';
import type { OrderSignContext } from '../src/cds-hooks/context.ts';
import { CdsHooksError } from '../src/cds-hooks/error.ts';
import { ordersOf } from '../src/chart/chart-facts.ts';
import type { Linker } from '../src/coding/coding.ts';
import type { OrderedDrug } from '../src/findings/alert.ts';
import { shapeError } from './fhir-shapes.ts';

/**
 * The drugs among the draft orders of a hook's context.
 *
 * @param selections references of the orders that count; where none of them is among the drafts,
 * every draft counts
 * @throws CdsHooksError 400 naming the element that is not as FHIR has it
 */
export function draftOrdersOf(
  draftOrders: OrderSignContext['draftOrders'],
  linker: Linker,
  selections?: readonly string[],
): OrderedDrug[] {
  const resources: AnyResource[] = [];
  for (const [index, { resource }] of (draftOrders.entry ?? []).entries()) {
    if (!resource) continue;
    const error = shapeError(resource);
    if (error) {
      throw new CdsHooksError(
        400,
        error.issues.map(({ path }) => ({
          code: 'structure' as const,
          expression: [`context.draftOrders.entry[${index}].resource`, ...path].join('.'),
          diagnostics: `is not as FHIR has it in a ${resource.resourceType}`,
        })),
      );
    }
    resources.push(resource);
  }
  const orders = ordersOf(resources, linker);
  const selected = orders.filter(({ resourceType, resourceId }) =>
    selections?.includes(`${resourceType}/${resourceId}`),
  );
  return selected.length > 0 ? selected : orders;
}
