import type { Assertion, Entity, EntityType, Extraction } from '../extraction/extraction.ts';
import type { Output } from './output.ts';

type Style = Parameters<Output['style']>[0];

/** Drugs and events stand out; what only describes a drug is quiet. */
const ENTITY_STYLES: Readonly<Record<EntityType, Style>> = {
  Drug: ['bold', 'cyan'],
  ADE: ['bold', 'red'],
  Reason: 'green',
  Strength: 'blue',
  Form: 'blue',
  Dosage: 'blue',
  Route: 'blue',
  Frequency: 'blue',
  Duration: 'blue',
};

/** An event that is not said to have happened to the patient is no alarm. */
const ASSERTION_STYLES: Readonly<Record<Assertion, Style>> = {
  present: ['bold', 'red'],
  historical: 'red',
  possible: 'yellow',
  negated: ['dim', 'strikethrough'],
  hypothetical: ['dim', 'yellow'],
  family: 'magenta',
};

/** Writes a text with its entities marked in place, then its relations, as a person reads them. */
export function writeExtraction(
  output: Output,
  name: string,
  text: string,
  extraction: Extraction,
): void {
  const { entities, relations } = extraction;
  output.line(
    `${output.style('bold', name)}  ${count(entities.length, 'entity', 'entities')}, ` +
      `${count(relations.length, 'relation', 'relations')}`,
  );
  output.line();
  output.line(markedText(output, text, entities).trimEnd());
  output.line();
  if (relations.length > 0) writeRelations(output, extraction);
  const unrelated = entities.filter(
    ({ id, type }) => type === 'ADE' && !relations.some(({ head }) => head === id),
  );
  if (unrelated.length > 0) {
    output.line(
      `Events without a drug: ${unrelated.map((entity) => styled(output, entity)).join(', ')}`,
    );
  }
}

/** The kinds of entity, each in its colour; nothing where there are no colours. */
export function writeLegend(output: Output): void {
  if (!output.colours) return;
  const kinds = (['Drug', 'ADE', 'Reason'] as const).map((type) =>
    output.style(ENTITY_STYLES[type], type),
  );
  const assertions = (['possible', 'negated', 'hypothetical', 'family'] as const).map((value) =>
    output.style(ASSERTION_STYLES[value], `ADE ${value}`),
  );
  const attributes = output.style('blue', 'Strength Form Dosage Route Frequency Duration');
  output.line([...kinds, ...assertions, attributes].join('  '));
  output.line();
}

/** Entities in colour; without colours as `[rash](ADE negated)`. */
export function markedText(output: Output, text: string, entities: readonly Entity[]): string {
  let marked = '';
  let from = 0;
  for (const entity of entities) {
    marked += text.slice(from, entity.start);
    marked += output.colours ? styled(output, entity) : `[${entity.text}](${kindOf(entity)})`;
    from = entity.end;
  }
  return marked + text.slice(from);
}

function writeRelations(output: Output, { entities, relations }: Extraction): void {
  const byId = new Map(entities.map((entity) => [entity.id, entity]));
  const rows = [...relations]
    .sort((a, b) => rank(a.type) - rank(b.type))
    .flatMap(({ type, head, tail, confidence }) => {
      const event = byId.get(head);
      const drug = byId.get(tail);
      if (!event || !drug) return [];
      const assertion =
        event.assertion === undefined
          ? ''
          : output.style(ASSERTION_STYLES[event.assertion], event.assertion);
      return [
        [
          type,
          styled(output, event),
          styled(output, drug),
          confidence.toFixed(2),
          assertion,
          oneLine(event.assertionCue?.text ?? ''),
        ],
      ];
    });
  output.table(['relation', 'what', 'drug', 'confidence', 'assertion', 'because of'], rows, [
    'left',
    'left',
    'left',
    'right',
  ]);
  output.line();
}

function rank(type: string): number {
  return ['ADE-Drug', 'Reason-Drug'].indexOf(type) + 1 || 3;
}

function styled(output: Output, entity: Entity): string {
  const style = entity.assertion ? ASSERTION_STYLES[entity.assertion] : ENTITY_STYLES[entity.type];
  return output.style(style, oneLine(entity.text));
}

function kindOf({ type, assertion }: Entity): string {
  return assertion === undefined || assertion === 'present' ? type : `${type} ${assertion}`;
}

/** A line break inside a cell would break the table. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
