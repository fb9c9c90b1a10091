import type { CdsService } from '../src/cds-hooks/router.ts';
import type { HookDependencies } from './dependencies.ts';
import { orderSelect } from './order-select.ts';
import { orderSign } from './order-sign.ts';
import { patientView } from './patient-view.ts';

/** Every service of Vigilnote, in the order of discovery. */
export function vigilnoteServices(dependencies: HookDependencies): CdsService[] {
  return [patientView(dependencies), orderSelect(dependencies), orderSign(dependencies)];
}
