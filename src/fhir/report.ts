import type { Finding } from '../findings/finding.ts';
import { digestOf } from '../findings/finding-id.ts';
import { drugKey, eventKey } from '../findings/identity.ts';
import { isRecorded, type RecordedReactions } from './recorded-adverse-events.ts';

/**
 * What the notes say of one drug and one event in one patient: it becomes one AdverseEvent,
 * however many notes repeat it.
 */
export interface AdverseEventReport {
  /** Logical id of the AdverseEvent: deterministic, a hash, no PHI. */
  readonly id: string;
  readonly patientId: string;
  /** Surest first; never empty. */
  readonly findings: readonly [Finding, ...Finding[]];
}

/** Why a finding is not reported. */
export type NotReported = 'not-affirmed' | 'below-threshold' | 'drug-class' | 'recorded';

export interface ReportSelection {
  readonly reports: readonly AdverseEventReport[];
  readonly left: readonly { readonly finding: Finding; readonly because: NotReported }[];
}

/**
 * Chooses what is fit to be written: affirmed by the note (present or historical), sure enough, and
 * of one drug. What a vocabulary does not hold is written as text, never guessed.
 *
 * @param options.threshold least confidence, 0–1
 * @param options.recorded drugs with their events that people recorded as AdverseEvents
 */
export function selectReports(
  findings: readonly Finding[],
  options: { readonly threshold: number; readonly recorded: RecordedReactions },
): ReportSelection {
  const left: { finding: Finding; because: NotReported }[] = [];
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const because = reasonToLeave(finding, options);
    if (because) {
      left.push({ finding, because });
      continue;
    }
    const id = reportId(finding);
    const group = groups.get(id);
    if (group) group.push(finding);
    else groups.set(id, [finding]);
  }
  const reports = [...groups].map(([id, group]) => ({
    id,
    patientId: group[0].patientId,
    findings: group.toSorted(surestFirst) as [Finding, ...Finding[]],
  }));
  return { reports, left };
}

function reasonToLeave(
  finding: Finding,
  { threshold, recorded }: { threshold: number; recorded: RecordedReactions },
): NotReported | undefined {
  if (finding.assertion !== 'present' && finding.assertion !== 'historical') return 'not-affirmed';
  if (finding.confidence < threshold) return 'below-threshold';
  if (finding.drug.link.kind === 'class') return 'drug-class';
  return isRecorded(finding, recorded) ? 'recorded' : undefined;
}

/** One id for one patient, drug and event on one server; with a letter, as some servers demand. */
function reportId(finding: Finding): string {
  const { server } = finding.evidence.source;
  const key = [server, finding.patientId, drugKey(finding.drug), eventKey(finding.event)];
  return `vigilnote-${digestOf(key).slice(0, 32)}`;
}

function surestFirst(a: Finding, b: Finding): number {
  return b.confidence - a.confidence || (a.id < b.id ? -1 : 1);
}
