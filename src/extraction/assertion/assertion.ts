import type { NoteLayout, TextSpan } from '../../notes/note.ts';
import type { Assertion } from '../extraction.ts';
export function assertionOf(
  _t: string,
  _l: NoteLayout,
  _e: TextSpan,
  _d: readonly TextSpan[],
): { assertion: Assertion; cue?: TextSpan & { text: string } } {
  return { assertion: 'present' };
}
