import type { Coding } from '../coding/coding.ts';
import type { NotReported } from '../fhir/report.ts';
import type { WriteOutcome } from '../fhir/write-reports.ts';
import type { Finding } from '../findings/finding.ts';
import { drugDisplay } from '../findings/identity.ts';
import type { Output } from './output.ts';
import type { PatientReport } from './report-patient.ts';

type Result = WriteOutcome['result'];

const WORDS: Readonly<Record<Result, string>> = {
  created: 'created',
  updated: 'updated',
  unchanged: 'unchanged',
  reviewed: 'left: reviewed by a person',
  withdrawn: 'left: deleted by a person',
  refused: 'refused',
};

const DRY_WORDS: Readonly<Partial<Record<Result, string>>> = {
  created: 'would be created',
  updated: 'would be updated',
};

const REASONS: Readonly<Record<NotReported, string>> = {
  'not-affirmed': 'not affirmed by the note',
  'below-threshold': 'below the threshold',
  'drug-class': 'a class of drugs, not a drug',
  recorded: 'recorded by a person already',
};

/** A table of what was written, each with its sentence; then what was refused, left out or unreadable. */
export function writeReportView(output: Output, report: PatientReport): void {
  const { outcomes, dryRun } = report;
  if (outcomes.length > 0) {
    output.table(
      ['#', 'result', 'drug', 'RxNorm', 'event', 'MedDRA', 'confidence', 'id'],
      outcomes.map((outcome, index) => rowOf(outcome, index + 1, dryRun)),
      ['right'],
    );
    output.line();
    for (const [index, outcome] of outcomes.entries()) writeEvidence(output, outcome, index + 1);
    output.line();
  }
  for (const outcome of outcomes) if (outcome.result === 'refused') writeRefusal(output, outcome);
  for (const { reference, reason } of report.unreadable) {
    output.error(`${reference} could not be read: ${reason}`);
  }
  if (dryRun) for (const transaction of report.transactions) output.json(transaction);
  output.line(summaryOf(report));
}

/** The same for programs. */
export function reportAsJson(report: PatientReport): unknown {
  return {
    server: report.server,
    dryRun: report.dryRun,
    threshold: report.threshold,
    notesRead: report.notesRead,
    unreadable: report.unreadable,
    reports: report.outcomes.map(({ report: { id, findings }, ...outcome }) => ({
      adverseEvent: `AdverseEvent/${id}`,
      ...outcome,
      findings: findings.map(findingAsJson),
    })),
    notReported: report.left.map(({ finding, because }) => ({
      because,
      ...findingAsJson(finding),
    })),
    ...(report.dryRun && { transactions: report.transactions }),
  };
}

function findingAsJson(finding: Finding): object {
  const { drug, event, evidence, confidence, assertion } = finding;
  return {
    drug: { text: drug.text, codings: drugCodings(finding) },
    event: { text: event.text, codings: eventCodings(finding) },
    confidence,
    assertion,
    quote: evidence.quote,
    document: evidence.source.reference,
    ...(evidence.source.versionId && { versionId: evidence.source.versionId }),
  };
}

function rowOf({ result, report }: WriteOutcome, number: number, dryRun: boolean): string[] {
  const [best] = report.findings;
  return [
    String(number),
    (dryRun && DRY_WORDS[result]) || WORDS[result],
    printable(drugDisplay(best.drug)),
    codesOf(drugCodings(best)),
    printable(best.event.link.kind === 'event' ? best.event.link.concept.display : best.event.text),
    codesOf(eventCodings(best)),
    best.confidence.toFixed(2),
    report.id,
  ];
}

function codesOf(codings: readonly Coding[]): string {
  return codings.map(({ code }) => code).join(' + ') || 'uncoded';
}

function drugCodings({ drug }: Finding): readonly Coding[] {
  return drug.link.kind === 'drug' ? drug.link.ingredients : [];
}

function eventCodings({ event }: Finding): readonly Coding[] {
  return event.link.kind === 'event' ? [event.link.concept] : [];
}

function writeEvidence(output: Output, { report }: WriteOutcome, number: number): void {
  for (const { evidence } of report.findings) {
    const { source } = evidence;
    const place = [source.typeText, source.date?.slice(0, 10), source.reference]
      .filter((part) => part !== undefined)
      .map(printable)
      .join(', ');
    output.line(`${number}  “${printable(evidence.quote)}” (${place})`);
  }
}

function writeRefusal(
  output: Output,
  { report, message, operationOutcome }: WriteOutcome & { result: 'refused' },
): void {
  output.error(`AdverseEvent/${report.id} was refused: ${printable(message)}`);
  for (const issue of operationOutcome?.issue ?? []) {
    const text = issue.diagnostics ?? issue.details?.text ?? issue.code;
    const where = issue.expression?.join(', ');
    output.error(
      `  ${issue.severity} ${issue.code}${where ? ` at ${where}` : ''}: ${printable(text)}`,
    );
  }
}

function summaryOf({ outcomes, left, notesRead, unreadable, dryRun }: PatientReport): string {
  const written = countsOf(
    outcomes.map(({ result }) => (dryRun && DRY_WORDS[result]) || WORDS[result]),
  );
  const reasons = countsOf(left.map(({ because }) => REASONS[because]));
  return [
    `${notesRead} notes read${unreadable.length > 0 ? `, ${unreadable.length} unreadable` : ''}`,
    `adverse events: ${written || 'none'}`,
    ...(reasons ? [`not reported: ${reasons}`] : []),
  ].join('; ');
}

function countsOf(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}

/** On one line, and without characters that a terminal would act on. */
function printable(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim();
}
