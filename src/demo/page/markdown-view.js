import { element } from './dom.js';
import { parseMarkdown } from './markdown.js';

const INLINE_TAGS = { bold: 'strong', emphasis: 'em', code: 'code' };

/**
 * A card's detail as elements; links call `onLink`.
 *
 * @param {string} markdown
 * @param {(url: string, event: Event) => void} onLink
 */
export function renderMarkdown(markdown, onLink) {
  const body = element('div', { class: 'markdown' });
  let list;
  for (const block of parseMarkdown(markdown)) {
    const inlines = block.inlines.map((inline) => renderInline(inline, onLink));
    if (block.type === 'item') {
      if (!list) {
        list = element('ul');
        body.append(list);
      }
      list.append(element('li', {}, ...inlines));
      continue;
    }
    list = undefined;
    const paragraph = element('p', {}, ...inlines);
    body.append(block.type === 'quote' ? element('blockquote', {}, paragraph) : paragraph);
  }
  return body;
}

function renderInline(inline, onLink) {
  if (inline.type === 'text') return inline.text;
  if (inline.type !== 'link') return element(INLINE_TAGS[inline.type], {}, inline.text);
  return element(
    'a',
    {
      href: inline.url,
      rel: 'noreferrer noopener',
      target: '_blank',
      onclick: (event) => onLink(inline.url, event),
    },
    inline.text,
  );
}
