import { element } from './dom.js';

/** Elements of an HTML note that are shown; of all others only what is inside, of these none of the attributes. */
const ALLOWED = new Set(
  'P DIV SPAN BR HR H1 H2 H3 H4 H5 H6 B STRONG I EM U SUB SUP UL OL LI DL DT DD TABLE THEAD TBODY TR TH TD PRE BLOCKQUOTE'.split(
    ' ',
  ),
);
const DROPPED = new Set(
  'SCRIPT STYLE TITLE TEMPLATE IFRAME OBJECT EMBED SVG MATH NOSCRIPT'.split(' '),
);

/**
 * A note as elements; its own mark-up is rebuilt from a short list, so that nothing in it runs or loads.
 *
 * @param {{ mediaType: string, text: string | undefined }} note
 */
export function renderNote({ mediaType, text }) {
  if (text === undefined) {
    return element(
      'p',
      { class: 'empty' },
      `This document is ${mediaType}: a scan without text. Vigilnote reports it as unreadable.`,
    );
  }
  if (mediaType !== 'text/html') return element('pre', { class: 'note-text' }, text);
  const shown = element('div', { class: 'note-text note-html' });
  const parsed = new DOMParser().parseFromString(text, 'text/html');
  copyChildren(parsed.body, shown);
  return shown;
}

function copyChildren(from, to) {
  for (const child of from.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) to.append(child.data);
    else if (child.nodeType !== Node.ELEMENT_NODE || DROPPED.has(child.tagName.toUpperCase()))
      continue;
    else if (ALLOWED.has(child.tagName)) {
      const copy = document.createElement(child.tagName);
      copyChildren(child, copy);
      to.append(copy);
    } else copyChildren(child, to);
  }
}

/**
 * Marks the first place where the note has these words, white space aside.
 *
 * @param {Element} shown what {@link renderNote} made
 * @param {string} quote
 * @returns {boolean} whether they were found
 */
export function highlight(shown, quote) {
  const walker = document.createTreeWalker(shown, NodeFilter.SHOW_TEXT);
  const places = [];
  let squeezed = '';
  while (walker.nextNode()) {
    for (let offset = 0; offset < walker.currentNode.data.length; offset++) {
      if (/\s/.test(walker.currentNode.data[offset])) continue;
      squeezed += walker.currentNode.data[offset];
      places.push({ node: walker.currentNode, offset });
    }
  }
  const wanted = quote.replace(/\s+/g, '');
  const start = wanted === '' ? -1 : squeezed.indexOf(wanted);
  if (start < 0) return false;
  const found = places.slice(start, start + wanted.length);
  // One mark for each text node that the quotation runs through.
  const marks = Map.groupBy(found, ({ node }) => node);
  for (const [node, inNode] of marks) {
    const range = document.createRange();
    range.setStart(node, inNode[0].offset);
    range.setEnd(node, inNode.at(-1).offset + 1);
    range.surroundContents(element('mark'));
  }
  return true;
}
