import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emphasise, escapeMarkdown } from '../../../hooks/markdown.ts';
import { type MarkdownBlock, parseMarkdown as parse } from '../../../src/demo/page/markdown.js';

function textOf(blocks: readonly MarkdownBlock[]): string {
  return blocks.map(({ inlines }) => inlines.map(({ text }) => text).join('')).join('\n');
}

describe('the Markdown of the demo page', () => {
  test('knows quotations, bold, lists and links', () => {
    const blocks = parse(
      '> “**rash** after **amoxicillin**”\n\n- one\n- two\n\nSee [it](https://a.example/x).',
    );
    expect(blocks.map(({ type }) => type)).toEqual(['quote', 'item', 'item', 'paragraph']);
    expect(blocks[0]?.inlines).toContainEqual({ type: 'bold', text: 'rash' });
    expect(blocks[3]?.inlines).toContainEqual({
      type: 'link',
      text: 'it',
      url: 'https://a.example/x',
    });
  });

  test.each(['[x](javascript:alert(1))', '[x](data:text/html,hi)', '![x](ftp://a.example/y)'])(
    '%s is no link',
    (markdown) => {
      const inlines = parse(markdown).flatMap((block) => block.inlines);
      expect(inlines.map(({ type }) => type)).toEqual(['text']);
    },
  );

  test('raw HTML stays text', () => {
    expect(textOf(parse('<img src=x onerror=alert(1)>'))).toBe('<img src=x onerror=alert(1)>');
  });

  test('whatever a card escapes is read back as plain text', () => {
    const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(words, (text) => {
        const shown = escapeMarkdown(text);
        fc.pre(shown !== '');
        const inlines = parse(`> ${shown}`).flatMap((block) => block.inlines);
        expect(inlines.map(({ type }) => type)).toEqual(['text']);
        expect(inlines[0]?.text.replace(/\s+/g, ' ')).toBe(
          text
            .toWellFormed()
            .replace(/[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]+/gu, ' ')
            .replace(/\s+/gu, ' ')
            .trim(),
        );
      }),
    );
  });

  test('the words that a card sets in bold are bold', () => {
    const blocks = parse(
      `> ${emphasise('itchy *rash* on [amoxicillin]', [{ start: 7, end: 11 }])}`,
    );
    const bold = blocks[0]?.inlines.filter(({ type }) => type === 'bold');
    expect(bold).toEqual([{ type: 'bold', text: 'rash' }]);
    expect(textOf(blocks)).toBe('itchy *rash* on [amoxicillin]');
  });
});
