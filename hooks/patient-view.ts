import type { CdsService } from '../src/cds-hooks/router.ts';
import type { HookDependencies } from './dependencies.ts';
import { giveGuidance } from './guidance.ts';
import { prefetchTemplates } from './templates.ts';

/**
 * A patient's chart is opened: every reaction that the notes tell of and the chart does not record.
 * https://cds-hooks.org/hooks/patient-view/
 */
export function patientView(dependencies: HookDependencies): CdsService<'patient-view'> {
  return {
    definition: {
      hook: 'patient-view',
      id: 'vigilnote-patient-view',
      title: 'Vigilnote: adverse drug reactions in the notes',
      description:
        'Reads the patient’s clinical notes and shows adverse drug reactions that neither the allergy list nor an AdverseEvent records, each with the sentence it rests on.',
      prefetch: prefetchTemplates(dependencies.noteCategory),
    },
    call: (request, { signal }) =>
      giveGuidance(dependencies, { request, serviceId: 'vigilnote-patient-view', signal }),
  };
}
