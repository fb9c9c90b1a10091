import type { CdsService } from '../src/cds-hooks/router.ts';
import type { HookDependencies } from './dependencies.ts';
import { draftOrdersOf } from './draft-orders.ts';
import { giveGuidance } from './guidance.ts';
import { prefetchTemplates } from './templates.ts';

/**
 * Orders were selected: what the notes say against those drugs. Only what was selected just now
 * counts; drafts selected before had their answer then, and have another at order-sign.
 * https://cds-hooks.org/hooks/order-select/
 */
export function orderSelect(dependencies: HookDependencies): CdsService<'order-select'> {
  return {
    definition: {
      hook: 'order-select',
      id: 'vigilnote-order-select',
      title: 'Vigilnote: reactions to a selected drug',
      description:
        'Shows what the patient’s clinical notes say of reactions to the drug that is being selected, where neither the allergy list nor an AdverseEvent records them.',
      prefetch: prefetchTemplates(dependencies.noteCategory),
    },
    call: (request, { signal }) =>
      giveGuidance(dependencies, {
        request,
        serviceId: 'vigilnote-order-select',
        signal,
        orders: draftOrdersOf(
          request.context.draftOrders,
          dependencies.linker,
          request.context.selections,
        ),
      }),
  };
}
