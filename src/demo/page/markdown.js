/**
 * The part of GitHub Flavoured Markdown that cards are written in: paragraphs, quotations, lists,
 * bold, emphasis, code and links. Everything else, raw HTML first of all, stays text.
 *
 * A block is { type: 'paragraph' | 'quote' | 'item', inlines }, an inline
 * { type: 'text' | 'bold' | 'emphasis' | 'code' | 'link', text, url? }.
 *
 * @param {string} markdown
 */
export function parseMarkdown(markdown) {
  const blocks = [];
  for (const chunk of markdown.replaceAll('\r\n', '\n').split(/\n{2,}/)) {
    let previous;
    for (const line of chunk.split('\n')) {
      const { type, text } = blockOf(line);
      // A line goes on with the paragraph or quotation above it; an item is one of its own.
      if (previous && type !== 'item' && (type === previous.type || type === 'paragraph')) {
        previous.text += ` ${text}`;
      } else if (text.trim() !== '') {
        previous = { type, text };
        blocks.push(previous);
      }
    }
  }
  return blocks.map(({ type, text }) => ({ type, inlines: parseInlines(text.trim()) }));
}

function blockOf(line) {
  const quote = /^ {0,3}> ?(.*)$/.exec(line);
  if (quote) return { type: 'quote', text: quote[1] };
  const item = /^ {0,3}[-*+] +(.*)$/.exec(line);
  if (item) return { type: 'item', text: item[1] };
  return { type: 'paragraph', text: line };
}

const INLINE =
  /\\([!-/:-@[-`{-~])|&(amp|lt|gt|quot|#39);|\*\*((?:\\.|[^\\])+?)\*\*|`([^`]+)`|\[((?:\\.|[^\\\]])*)\]\(([^()\s]+)\)|[*_]((?:\\.|[^\\*_])+?)[*_]/gs;

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function parseInlines(text) {
  const inlines = [];
  let position = 0;
  const plain = (part) => {
    const last = inlines.at(-1);
    if (last?.type === 'text') last.text += part;
    else if (part !== '') inlines.push({ type: 'text', text: part });
  };
  for (const match of text.matchAll(INLINE)) {
    plain(text.slice(position, match.index));
    position = match.index + match[0].length;
    const [, escaped, entity, bold, code, label, url, emphasis] = match;
    if (escaped !== undefined) plain(escaped);
    else if (entity !== undefined) plain(ENTITIES[entity]);
    else if (bold !== undefined) inlines.push({ type: 'bold', text: unescaped(bold) });
    else if (code !== undefined) inlines.push({ type: 'code', text: code });
    else if (emphasis !== undefined) inlines.push({ type: 'emphasis', text: unescaped(emphasis) });
    else if (/^https?:\/\//i.test(url)) inlines.push({ type: 'link', text: unescaped(label), url });
    else plain(match[0]);
  }
  plain(text.slice(position));
  return inlines;
}

function unescaped(text) {
  return text
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ENTITIES[name]);
}
