import { describe, expect, test } from '@jest/globals';
import {
  actionSchema,
  cardSchema,
  linkSchema,
  responseSchema,
} from '../../../src/cds-hooks/card.ts';

const card = { summary: 'Rash noted', indicator: 'info', source: { label: 'Test' } };
const create = { type: 'create', description: 'Do', resource: { resourceType: 'Basic' } };

function pathsOf(result: { error?: { issues: { path: PropertyKey[] }[] } | undefined }): string[] {
  return (result.error?.issues ?? []).map(({ path }) => path.join('.'));
}

describe('a card', () => {
  test.each<[string, object, string[]]>([
    ['with what is required', card, []],
    ['with 139 characters (83)', { ...card, summary: 'x'.repeat(139) }, []],
    ['with 140 characters (83)', { ...card, summary: 'x'.repeat(140) }, ['summary']],
    ['without summary', { ...card, summary: undefined }, ['summary']],
    ['of white space', { ...card, summary: ' ' }, ['summary']],
    ['with another indicator (88)', { ...card, indicator: 'fatal' }, ['indicator']],
    ['without a source (90)', { ...card, source: undefined }, ['source']],
    [
      'with a relative source.url (107)',
      { ...card, source: { label: 'x', url: '/x' } },
      ['source.url'],
    ],
    [
      'with a script for an icon (111)',
      { ...card, source: { label: 'x', icon: 'javascript:1' } },
      ['source.icon'],
    ],
    [
      'with suggestions and no selectionBehavior (93)',
      { ...card, suggestions: [{ label: 'Do', actions: [create] }] },
      ['selectionBehavior'],
    ],
    [
      'with two recommended of at most one',
      {
        ...card,
        selectionBehavior: 'at-most-one',
        suggestions: [
          { label: 'A', isRecommended: true },
          { label: 'B', isRecommended: true },
        ],
      },
      ['suggestions'],
    ],
    [
      'with an override reason without display (100)',
      { ...card, overrideReasons: [{ code: 'x', system: 'urn:x' }] },
      ['overrideReasons.0.display'],
    ],
    ['with an attribute of no specification', { ...card, colour: 'red' }, ['']],
  ])('%s', (_name, value, paths) => {
    expect(pathsOf(cardSchema.safeParse(value))).toEqual(paths);
  });
});

describe('an action', () => {
  test.each<[string, object, string[]]>([
    ['create with a resource (131)', create, []],
    ['create without (131)', { type: 'create', description: 'Do' }, ['resource']],
    ['delete by id (134)', { type: 'delete', description: 'Do', resourceId: 'Basic/1' }, []],
    ['delete with a resource (133)', { ...create, type: 'delete' }, ['resource']],
    ['without description (128)', { ...create, description: '' }, ['description']],
  ])('%s', (_name, value, paths) => {
    expect(pathsOf(actionSchema.safeParse(value))).toEqual(paths);
  });
});

test.each<[string, object, string[]]>([
  [
    'smart with appContext',
    { label: 'x', url: 'https://a.example', type: 'smart', appContext: 'y' },
    [],
  ],
  [
    'absolute with appContext (147)',
    { label: 'x', url: 'https://a.example', type: 'absolute', appContext: 'y' },
    ['appContext'],
  ],
  ['of another type (142)', { label: 'x', url: 'https://a.example', type: 'link' }, ['type']],
])('a link %s', (_name, value, paths) => {
  expect(pathsOf(linkSchema.safeParse(value))).toEqual(paths);
});

test('a response without cards is none (74)', () => {
  expect(pathsOf(responseSchema.safeParse({}))).toEqual(['cards']);
  expect(pathsOf(responseSchema.safeParse({ cards: [] }))).toEqual([]);
});
