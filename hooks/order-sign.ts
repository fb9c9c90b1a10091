import type { CdsService } from '../src/cds-hooks/router.ts';
import type { HookDependencies } from './dependencies.ts';
import { draftOrdersOf } from './draft-orders.ts';
import { giveGuidance } from './guidance.ts';
import { prefetchTemplates } from './templates.ts';

/**
 * Orders are about to be signed: the last word on every drug among them, except where the same news
 * was answered before. https://cds-hooks.org/hooks/order-sign/
 */
export function orderSign(dependencies: HookDependencies): CdsService<'order-sign'> {
  return {
    definition: {
      hook: 'order-sign',
      id: 'vigilnote-order-sign',
      title: 'Vigilnote: reactions to an ordered drug',
      description:
        'Before orders are signed, shows what the patient’s clinical notes say of reactions to the ordered drugs, where neither the allergy list nor an AdverseEvent records them.',
      prefetch: prefetchTemplates(dependencies.noteCategory),
    },
    call: (request, { signal }) =>
      giveGuidance(dependencies, {
        request,
        serviceId: 'vigilnote-order-sign',
        signal,
        orders: draftOrdersOf(request.context.draftOrders, dependencies.linker),
      }),
  };
}
