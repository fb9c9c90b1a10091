import { stripVTControlCharacters } from 'node:util';
import type { Card } from '../cds-hooks/card.ts';
import type { Output } from '../cli/output.ts';
import type { SamplePatient } from './load-sample-chart.ts';
import { parseMarkdown } from './page/markdown.js';
import {
  type CardStep,
  type ChartStep,
  type SilenceStep,
  scoreTour,
  type TourStep,
} from './tour.ts';

/** What the tour prints: every card with the sentence it rests on, every silence with its reason. */
export interface TourReport {
  step(step: TourStep): void;
  summary(steps: readonly TourStep[]): void;
}

export function createTourReport(output: Output): TourReport {
  const dim = (text: string) => output.style('dim', text);
  const bold = (text: string) => output.style('bold', text);

  function chart({ patient, cold, coldPendingDocuments, warm, readingMs }: ChartStep): void {
    output.line();
    output.line(bold(`${patientName(patient)} · ${patient.notes.length} notes`));
    output.line(dim(`  recorded: ${recordedText(patient)}`));
    const first = `patient-view answered in ${ms(cold.elapsedMs)}`;
    output.line(
      dim(
        coldPendingDocuments === 0
          ? `  ${first} with every note read, then ${ms(warm.elapsedMs)}`
          : `  ${first} with ${coldPendingDocuments} notes unread; read after ${ms(readingMs)}, then ${ms(warm.elapsedMs)}`,
      ),
    );
  }

  function card({ order, select, sign, card: shown, expected }: CardStep): void {
    output.line();
    const times = dim(`order-select ${ms(select.elapsedMs)} · order-sign ${ms(sign.elapsedMs)}`);
    output.line(`  order ${bold(order.display)}   ${times}`);
    for (const one of sign.cards) cardLines(one);
    if (shown) return;
    output.line(
      output.style('red', `  ✗ missed: ${expected.event[0]} in ${expected.notes.join(', ')}`),
    );
  }

  function cardLines(one: Card): void {
    const badge = one.indicator === 'warning' ? 'yellow' : 'blue';
    output.line(`  ${output.style(badge, `■ ${one.indicator}`)}  ${bold(one.summary)}`);
    for (const line of detailLines(one.detail ?? '')) {
      for (const wrapped of wrap(line, Math.min(output.columns, 110) - 6)) {
        output.line(`      ${wrapped}`);
      }
    }
    for (const { label } of one.suggestions ?? []) output.line(dim(`      ▸ ${label}`));
  }

  /** Quotation, its place, and what was made of it; the rest of the detail is for the page. */
  function detailLines(detail: string): string[] {
    const blocks = parseMarkdown(detail);
    const lines = blocks.map((block) => {
      const text = block.inlines
        .filter((inline) => inline.type !== 'link')
        .map((inline) => (inline.type === 'bold' ? bold(inline.text) : inline.text))
        .join('')
        // Where a link stood, which a terminal does not follow.
        .replace(/ · (?=\.|$)/, '');
      return block.type === 'item' ? dim(`- ${text}`) : text;
    });
    const quote = blocks.findIndex(({ type }) => type === 'quote');
    const items = lines.filter((_, index) => blocks[index]?.type === 'item');
    return quote < 0 ? lines : [lines[quote] ?? '', dim(lines[quote + 1] ?? ''), ...items];
  }

  function silence({ order, select, sign, expected }: SilenceStep): void {
    const shown = [...select.cards, ...sign.cards];
    if (shown.length === 0) {
      output.line(
        `  ${output.style('green', '· silent')} on ${order.display} ${dim(`(${ms(sign.elapsedMs)}): ${expected.because}`)}`,
      );
      return;
    }
    output.line(
      output.style('red', `  ✗ spoke on ${order.display}, although ${expected.because}:`),
    );
    for (const one of sign.cards) cardLines(one);
  }

  return {
    step: (step) => {
      if (step.kind === 'chart') chart(step);
      else if (step.kind === 'card') card(step);
      else silence(step);
    },
    summary: (steps) => {
      const score = scoreTour(steps);
      const due = score.found + score.missed.length;
      const traps = score.silent + score.spoke.length;
      const signs = steps.flatMap((step) =>
        step.kind === 'chart' ? [] : [step.select.elapsedMs, step.sign.elapsedMs],
      );
      output.line();
      output.line(bold('In short'));
      output.line(
        `  ${score.found} of ${due} adverse events found that the notes tell of and the chart does not record`,
      );
      output.line(
        `  ${score.silent} of ${traps} traps passed in silence: negated, hypothetical, a relative's, tolerated since, already recorded, withdrawn`,
      );
      output.line(
        `  an order was answered in ${ms(median(signs))} (median of ${signs.length} calls)`,
      );
      for (const { patient, order } of score.missed) {
        output.line(`  missed: ${patientName(patient)}, ${order.key}`);
      }
      for (const { patient, order } of score.spoke) {
        output.line(`  spoke in vain: ${patientName(patient)}, ${order.key}`);
      }
    },
  };
}

function patientName({ given, family, gender, birthDate }: SamplePatient): string {
  return `${given.join(' ')} ${family}, ${gender}, born ${birthDate.slice(0, 4)}`;
}

function recordedText({ allergies, adverseEvents }: SamplePatient): string {
  const texts = [
    ...allergies.map(({ code, reaction }) =>
      reaction ? `${code.display} (${reaction})` : code.display,
    ),
    ...adverseEvents.map(({ event, suspect }) => `${event.display} with ${suspect.display}`),
  ];
  return texts.length > 0 ? texts.join('; ') : 'no allergy, no adverse event';
}

function ms(value: number): string {
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Breaks at spaces; colours take no width. */
function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && stripVTControlCharacters(longer).length > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
}
