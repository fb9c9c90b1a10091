import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { marked } from 'marked';
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';
import { emphasise, escapeMarkdown, oneLine } from '../../../hooks/markdown.ts';

/** Renders as a client would and tells which elements and which text came out. */
function render(markdown: string): { elements: Set<string>; text: string; bold: string[] } {
  const fragment = parseFragment(marked.parse(markdown, { async: false, gfm: true }));
  const elements = new Set<string>();
  const bold: string[] = [];
  const textOf = (node: DefaultTreeAdapterTypes.Node): string => {
    if (node.nodeName === '#text') return (node as DefaultTreeAdapterTypes.TextNode).value;
    if (!('childNodes' in node)) return '';
    const text = node.childNodes.map(textOf).join('');
    if ('tagName' in node) {
      elements.add(node.tagName);
      if (node.tagName === 'strong') bold.push(text);
    }
    return text;
  };
  return { text: textOf(fragment).trim(), elements, bold };
}

const hostile = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '<script>',
          '</p>',
          '<img src=x onerror=a>',
          '[a](javascript:b)',
          '![i](http://x.org/i.png)',
        ],
        ...[
          '**',
          '__',
          '~~',
          '`',
          '```',
          '|',
          '| - |',
          '\n',
          '\n\n',
          '\n# ',
          '\n- ',
          '\n1. ',
          '---',
          '> ',
        ],
        ...[
          'http://evil.example',
          'www.evil.example',
          'a@b.example',
          '&lt;',
          '&amp;',
          '&#60;',
          '\\',
        ],
        ...['rash', ' ', '<!--', '-->', '[^1]', '[x]: http://e.example', '\u202E', '\t', '    '],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

describe('escapeMarkdown', () => {
  test('text of a note comes out of a Markdown renderer as it was, without an element of its own', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const rendered = render(`> ${escapeMarkdown(text)}`);
        expect(rendered.text).toBe(oneLine(text));
        for (const element of rendered.elements) expect(['blockquote', 'p']).toContain(element);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['see http://evil.example', 'see http\\://evil.example'],
    ['- penicillin: hives', '\\- penicillin: hives'],
    ['2023-04-03, Dr. Lee', '2023-04-03, Dr. Lee'],
  ])('%s', (text, expected) => {
    expect(escapeMarkdown(text)).toBe(expected);
  });
});

describe('emphasise', () => {
  test('sets drug and event in bold', () => {
    const text = 'Developed a diffuse rash on amoxicillin.';
    expect(
      emphasise(text, [
        { start: 20, end: 24 },
        { start: 28, end: 39 },
      ]),
    ).toBe('Developed a diffuse **rash** on **amoxicillin**.');
  });

  test('joins parts that touch and draws bold in to letters', () => {
    expect(emphasise('x(rash) y', [{ start: 1, end: 7 }])).toBe('x(**rash**) y');
    expect(
      emphasise('rashrash', [
        { start: 0, end: 4 },
        { start: 4, end: 8 },
      ]),
    ).toBe('**rashrash**');
  });

  test('any parts of any text: nothing but bold, and no text lost', () => {
    fc.assert(
      fc.property(
        hostile,
        fc.array(fc.tuple(fc.nat(70), fc.nat(70)), { maxLength: 3 }),
        (text, spans) => {
          const rendered = render(
            `> ${emphasise(
              text,
              spans.map(([start, length]) => ({ start, end: start + length })),
            )}`,
          );
          for (const element of rendered.elements) {
            expect(['blockquote', 'p', 'strong']).toContain(element);
          }
          const squeezed = (value: string): string => oneLine(value).replaceAll(' ', '');
          expect(squeezed(rendered.text)).toBe(squeezed(text));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
