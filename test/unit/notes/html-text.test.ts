import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readHtml } from '../../../src/notes/html-text.ts';
import { readAttachment } from '../../../src/notes/read-attachment.ts';

const shown = (html: string, xml = false) => readHtml(html, { xml }).text;

describe('what a reader sees', () => {
  test.each<[string, string, string]>([
    ['paragraphs', '<p>One.</p><p>Two.', 'One.\n\nTwo.'],
    ['blocks', '<div>One<div>Two</div>Three</div>', 'One\nTwo\nThree'],
    ['line breaks', 'One<br>Two<br/><br/>Three<br><br><br><br>Four', 'One\nTwo\n\nThree\n\nFour'],
    ['a break before the end of a block', '<p>One<br></p>Two', 'One\n\nTwo'],
    ['white space', ' \n One \t\n two&nbsp;&nbsp;three ', 'One two three'],
    ['words in pieces', 'amoxi<b>cil</b>lin, amoxi&shy;cil&#8203;lin', 'amoxicillin, amoxicillin'],
    ['inline elements', '<b>One</b> <i>two</i><span> three</span>', 'One two three'],
    ['references', '&lt;5&nbsp;mg &amp; &eacute;&#233;&#xe9; &#x1F48A;', '<5 mg & ééé 💊'],
    [
      'references without an end',
      '&ampx &lt5 &notit; &unknown; & &#; &#x110000;',
      '&x <5 ¬it; &unknown; & &#; \uFFFD',
    ],
    ['windows-1252 references', 'O&#146;Brien', 'O’Brien'],
    ['bullets', '<ul><li>One<li>Two<ul><li>Three</ul></ul>Four', '• One\n• Two\n  • Three\nFour'],
    ['numbers', '<ol start=3><li>One</li><li></li><li>Two</li></ol>', '3. One\n5. Two'],
    ['paragraphs in items', '<ul><li><p>One</p><p>Two</p></li></ul>', '• One\n\nTwo'],
    [
      'rows and cells',
      '<table><tr><th>Drug<th>Reaction<tr><td>Sulfa</td><td>rash</td></tr></table>After',
      'Drug | Reaction\nSulfa | rash\nAfter',
    ],
    [
      'empty cells',
      '<table><tr><td></td><td>A</td><td></td><td>B</td><td></td></tr></table>',
      'A | | B',
    ],
    [
      'blocks in cells',
      '<table><tr><td><p>A</p></td><td><div>B</div></td></tr><tr><td>C</td></tr></table>',
      'A | B\nC',
    ],
    [
      'a table for layout',
      '<table><tr><td><p>One.</p><p>Two.</p></td></tr></table>',
      'One.\n\nTwo.',
    ],
    [
      'a table in a cell',
      '<table><tr><td>A<table><tr><td>B<td>C</table></td></tr></table>',
      'A\nB | C',
    ],
    ['preformatted text', '<pre>\nDrug   Dose\n  A\t1\n\n\nB</pre>', 'Drug   Dose\n  A\t1\n\nB'],
    ['kept white space', '<div style="white-space: pre-wrap">a  b\nc</div>', 'a  b\nc'],
    ['a text area', '<textarea>a &amp; <b></textarea>', 'a & <b>'],
    ['line endings', '<pre>a\r\nb\rc</pre>', 'a\nb\nc'],
    ['text without any element', 'Rash after 5 < 6 mg', 'Rash after 5 < 6 mg'],
    ['misplaced text in a table, in its place', '<table>A<tr><td>B</td></tr>C</table>', 'A\nB\nC'],
    ['nothing', '', ''],
  ])('%s', (_, html, expected) => {
    expect(shown(html)).toBe(expected);
  });

  test.each([
    ['the head', '<html><head><title>T</title><meta name=a><style>p{}</style></head><body>B'],
    ['a head that is not closed', '<head><title>T</title><p>B'],
    ['scripts', '<script>if (a < b) "</p>"</script>B<script>x'],
    ['styles and comments', '<style>p > a {}</style>B<!-- <p>no -->'],
    ['Word’s conditional comments', '<!--[if mso]><p>no</p><![endif]-->B<![endif]>'],
    ['hidden elements', '<div hidden>a<div>b</div>c</div>B<span style="display: none">x</span>'],
    ['templates and pictures', '<template><p>no</template>B<svg><text>no</text></svg>'],
    ['a doctype', '<!DOCTYPE html>B'],
  ])('leaves out %s', (_, html) => {
    expect(shown(html)).toBe('B');
  });

  test('reads XHTML as XML where that differs', () => {
    expect(shown('<script/><title/><p>B</p><![CDATA[a < b]]>', true)).toBe('B\n\na < b');
  });
});

describe('the charset', () => {
  const read = (html: string, contentType = 'text/html') =>
    readAttachment({ contentType, bytes: Buffer.from(html, 'latin1') }).text;

  test.each([
    ['<meta charset=iso-8859-1><p>\xfc'],
    ['<META http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><p>\xfc'],
    ['<?xml version="1.0" encoding="iso-8859-1"?><p>\xfc</p>'],
    ['<p>\xfc'],
  ])('is what the document says: %s', (html) => {
    expect(read(html)).toBe('ü');
  });

  test('declared with the content type is the stronger one', () => {
    expect(read('<meta charset=utf-8><p>\xfc', 'text/html; charset=iso-8859-1')).toBe('ü');
  });

  test('a meta element that says UTF-16 is mistaken', () => {
    const bytes = new TextEncoder().encode('<meta charset="utf-16"><p>ü');
    expect(readAttachment({ contentType: 'text/html', bytes }).text).toBe('ü');
  });
});

describe('the places of characters', () => {
  test('lead into the mark-up, also through references and line endings', () => {
    const html = '<p>Took &lt;5&nbsp;mg\r\n of <b>amoxi&shy;cillin</b> &amp got&gtt</p>';
    const { text, offsets } = readHtml(html, { xml: false });
    expect(text).toBe('Took <5 mg of amoxicillin & got>t');
    const source = (word: string) => html.slice(offsets.toSource(text.indexOf(word)));
    expect(source('<5')).toMatch(/^&lt;5/);
    expect(source('mg')).toMatch(/^mg\r\n/);
    expect(source('of')).toMatch(/^of <b>/);
    expect(source('amoxi')).toMatch(/^amoxi&shy;/);
    expect(source('cillin')).toMatch(/^cillin</);
    expect(source('& got')).toMatch(/^&amp got/);
    expect(source('>t')).toMatch(/^&gtt/);
    expect(html.slice(offsets.toSource(text.length - 1))).toBe('t</p>');
    expect(offsets.toSource(text.length)).toBe(html.length - 4);
  });

  test.each<[string, string, boolean, string]>([
    ['an empty tag before what it looks like', '</>&lt;x', false, '&lt;x'],
    [
      'text that looks like an empty tag',
      '<textarea>a</>&amp;x</textarea>',
      false,
      '</>&amp;x</textarea>',
    ],
    ['text that looks like a reference', '<xmp>a&amp;<b>x</xmp>', false, '&amp;<b>x</xmp>'],
    ['a CDATA section', '<p>a <![CDATA[<b> &amp; ]]>x</p>', true, '<b> &amp; ]]>x</p>'],
    ['U+0000', 'a\0<b>x</b>', false, 'x</b>'],
  ])('are right beside %s', (_, html, xml, written) => {
    const { text, offsets } = readHtml(html, { xml });
    const visible = text.replace(/^a ?/, '');
    expect(html.slice(offsets.toSource(text.length - visible.length))).toBe(written);
    expect(html.charAt(offsets.toSource(text.indexOf('x')))).toBe('x');
  });

  const word = fc.stringMatching(/^[a-zA-Zäé0-9.,:💊]{1,8}$/u);
  const piece = fc.oneof(
    word.map((text) => ({ html: text, visible: text })),
    fc
      .constantFrom(
        ' ',
        '\n',
        '\r\n',
        '&nbsp;',
        '&shy;',
        '<br>',
        '</p>',
        '<p>',
        '</>',
        '<!-- x -->',
      )
      .map((html) => ({ html, visible: '' })),
    fc
      .constantFrom(
        '<td>',
        '<tr>',
        '<table>',
        '</table>',
        '<li>',
        '<ul>',
        '</ul>',
        '<b>',
        '</b>',
        '<pre>',
        '</pre>',
        '<x y="&lt;">',
        '</i>',
      )
      .map((html) => ({ html, visible: '' })),
    fc
      .constantFrom(
        ['&amp;', '&'],
        ['&lt;', '<'],
        ['&eacute;', 'é'],
        ['&#x1F48A;', '💊'],
        ['&NotEqualTilde;', '≂̸'],
        ['&#13;', ''],
      )
      .map(([html = '', visible = '']) => ({ html, visible })),
    fc.constant({ html: '<script>no</script>', visible: '' }),
  );

  test('every visible character leads to where it is written, in order and in range', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const html = pieces.map((one) => one.html).join('');
        const { text, offsets } = readHtml(html, { xml: false });
        // What the reader is shown, less what stands for the mark-up itself.
        const expected = pieces.map(({ visible }) => visible).join('');
        expect(text.replace(/[\s|•]/g, '')).toBe(expected.replace(/[\s|•]/g, ''));

        let last = 0;
        let at = 0;
        const places: number[] = [];
        for (const { html: written, visible } of pieces) {
          // All code units of a reference lead to its beginning, those of a word each to its own.
          for (let i = 0; i < visible.length; i += 1) {
            places.push(written === visible ? at + i : at);
          }
          at += written.length;
        }
        let next = 0;
        for (let i = 0; i <= text.length; i += 1) {
          const place = offsets.toSource(i);
          expect(place).toBeGreaterThanOrEqual(last);
          expect(place).toBeLessThanOrEqual(html.length);
          last = place;
          if (i < text.length && !/[\s|•]/.test(text.charAt(i))) {
            expect(place).toBe(places[next]);
            next += 1;
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('any text that claims to be HTML is read', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'<>/!-&;="\' \n\rabpt#x0'.split('')), maxLength: 60 }),
        (html) => {
          const { text, offsets } = readHtml(html, { xml: false });
          for (let i = 0; i < text.length; i += 1) {
            expect(offsets.toSource(i)).toBeLessThan(html.length);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('deep nesting and a million elements take no stack', () => {
    expect(shown(`${'<div><b><ul><li>'.repeat(20_000)}x`)).toMatch(/x$/);
    expect(shown('<p>x</p>'.repeat(100_000))).toHaveLength(100_000 * 3 - 2);
  });
});
