import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Linker } from '../../../src/coding/coding.ts';
import { drugKey, skeletonKey } from '../../../src/coding/drug-key.ts';
import { eventKey } from '../../../src/coding/event-key.ts';
import { fold } from '../../../src/coding/fold.ts';
import { createLinker, STARTER_DIRECTORY } from '../../../src/coding/open.ts';
import { editDistance } from '../../../src/coding/similarity.ts';
import { readStore } from '../../../src/coding/store.ts';
import type { Vocabulary } from '../../../src/coding/vocabulary.ts';

let vocabulary: Vocabulary;
let linker: Linker;
beforeAll(async () => {
  const store = await readStore(STARTER_DIRECTORY);
  vocabulary = store.vocabulary;
  linker = createLinker(vocabulary, store.manifest.version);
});

/** Any text, and texts near to clinical ones. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        'severe',
        'elevated',
        'ALT',
        '>',
        '3',
        'x',
        'ULN',
        'rash',
        'nausea',
        '/',
        '-',
        'mg',
        '40',
        'tab',
        'lisinopril',
        'HCTZ',
        'of',
        'the',
        'less than',
        '(',
        ')',
        'increased',
        '\t',
        '\n',
        'hypo',
        'µg',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join(' ')),
);

test('fold, and the keys over it, are idempotent', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(fold(fold(text))).toBe(fold(text));
      expect(drugKey(drugKey(text))).toBe(drugKey(text));
      expect(skeletonKey(skeletonKey(drugKey(text)))).toBeDefined();
    }),
  );
});

describe('linking any text', () => {
  test('never throws, and every code that it gives is of the vocabulary', () => {
    const drugs = new Map(vocabulary.drugs.map((concept) => [concept.code, concept]));
    const events = new Map(vocabulary.events.map((term) => [term.code, term]));
    const classes = new Set(vocabulary.drugClasses.map((one) => one.name));
    fc.assert(
      fc.property(anyText, (text) => {
        const drug = linker.linkDrug(text);
        if (drug.kind === 'drug') {
          expect(drugs.get(drug.concept.code)?.name).toBe(drug.concept.display);
          expect(drug.ingredients.length).toBeGreaterThan(0);
          for (const { code } of drug.ingredients) expect(drugs.get(code)?.termType).toBe('IN');
        }
        if (drug.kind === 'class') expect(classes.has(drug.className)).toBe(true);
        if (drug.kind !== 'uncoded') expect(drug.score > 0 && drug.score <= 1).toBe(true);
        const event = linker.linkEvent(text);
        if (event.kind === 'event') {
          expect(events.get(event.concept.code)?.name).toBe(event.concept.display);
          expect(event.score > 0 && event.score <= 1).toBe(true);
        }
        linker.ingredientsOf({ codings: [{ display: text }], text });
      }),
      { numRuns: 500 },
    );
  });

  test('gives the same answer every time', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(linker.linkDrug(text)).toEqual(linker.linkDrug(text));
        expect(linker.linkEvent(text)).toEqual(linker.linkEvent(text));
      }),
    );
  });
});

test('every released term links to itself, whatever its case', () => {
  for (const term of vocabulary.events) {
    for (const text of [term.name, term.name.toUpperCase()]) {
      expect(linker.linkEvent(text)).toMatchObject({
        concept: { code: term.code },
        method: 'exact',
        score: 1,
      });
    }
  }
});

test('every ingredient of the current release links to itself or is a class or refused', () => {
  const refused = new Set(
    vocabulary.refusals.filter((r) => r.domain === 'drug').map((r) => drugKey(r.text)),
  );
  const others: string[] = [];
  for (const { name, code, termType, source } of vocabulary.drugs) {
    if (termType !== 'IN' || source !== 'rxnorm' || refused.has(drugKey(name))) continue;
    const link = linker.linkDrug(name.toUpperCase());
    if (link.kind !== 'drug' || link.concept.code !== code) others.push(name);
  }
  expect(others).toEqual([]);
});

test('the order of the words of an event does not matter', () => {
  const names = vocabulary.events
    .map((term) => term.name)
    .filter((name) => !/[^A-Za-z ]/.test(name));
  fc.assert(
    fc.property(
      fc.constantFrom(...names).chain((name) => {
        const parts = name.split(' ');
        return fc.tuple(
          fc.constant(name),
          fc.shuffledSubarray(parts, { minLength: parts.length, maxLength: parts.length }),
        );
      }),
      ([name, shuffled]) => {
        expect(eventKey(shuffled.join(' '))).toBe(eventKey(name));
      },
    ),
  );
});

test('edit distance is a metric up to its limit', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(editDistance(a, a, 9)).toBe(0);
      expect(editDistance(a, b, 9)).toBe(editDistance(b, a, 9));
      expect(editDistance(a, b, 9)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      expect(editDistance(a, b, 2)).toBe(Math.min(editDistance(a, b, 9), 3));
    }),
  );
});
