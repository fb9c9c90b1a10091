import { element } from './dom.js';
import { renderMarkdown } from './markdown-view.js';

/**
 * A card as an EHR shows it.
 *
 * @param {object} card https://cds-hooks.hl7.org/2.0/#card-attributes
 * @param {{
 *   onLink: (url: string, quote: string, event: Event) => void,
 *   onAccept: (suggestion: object) => Promise<void>,
 *   onOverride: (reason: object | undefined, comment: string) => Promise<void>,
 * }} actions
 */
export function renderCard(card, { onLink, onAccept, onOverride }) {
  const title = `card-${card.uuid}`;
  const detail = renderMarkdown(card.detail ?? '', (url, event) => onLink(url, quote(), event));
  const quote = () => quotedWords(detail);
  const footer = element('div', { class: 'card-actions' });
  const shown = element(
    'article',
    { class: `card card-${card.indicator}`, 'aria-labelledby': title, 'data-card': card.uuid },
    element(
      'header',
      {},
      element('span', { class: 'indicator' }, card.indicator),
      element('h3', { id: title }, card.summary),
    ),
    detail,
    linkList(card, (url, event) => onLink(url, quote(), event)),
    footer,
    element('p', { class: 'card-source' }, `Source: ${card.source.label}`),
  );
  const settle = (text) => {
    shown.classList.add('card-settled');
    footer.replaceChildren(element('p', { class: 'outcome', role: 'status' }, text));
  };
  const accepted = [];
  for (const suggestion of card.suggestions ?? []) {
    const button = element(
      'button',
      {
        type: 'button',
        class: 'accept',
        onclick: async () => {
          button.disabled = true;
          await onAccept(suggestion);
          accepted.push(suggestion.label);
          if (card.selectionBehavior === 'any' && accepted.length < card.suggestions.length) {
            button.textContent = `✓ ${suggestion.label}`;
          } else settle(`Accepted: ${accepted.join('; ')}`);
        },
      },
      suggestion.label,
    );
    footer.append(button);
  }
  footer.append(overrideForm(card, onOverride, settle));
  return shown;
}

function linkList(card, onLink) {
  if (!card.links?.length) return undefined;
  return element(
    'p',
    { class: 'card-links' },
    ...card.links.flatMap((link, index) => [
      index > 0 ? ' · ' : 'Rests on: ',
      element(
        'a',
        {
          href: link.url,
          target: '_blank',
          rel: 'noreferrer noopener',
          onclick: (event) => onLink(link.url, event),
        },
        link.label,
      ),
    ]),
  );
}

function overrideForm(card, onOverride, settle) {
  const reasons = card.overrideReasons ?? [];
  const choice = element(
    'select',
    { 'aria-label': 'Reason for overriding' },
    element('option', { value: '' }, 'Reason …'),
    ...reasons.map((reason) => element('option', { value: reason.code }, reason.display)),
  );
  const comment = element('input', {
    type: 'text',
    placeholder: 'Comment (optional)',
    'aria-label': 'Comment',
    maxlength: 300,
  });
  return element(
    'form',
    {
      class: 'override',
      onsubmit: async (event) => {
        event.preventDefault();
        const reason = reasons.find(({ code }) => code === choice.value);
        await onOverride(reason, comment.value.trim());
        settle(`Overridden${reason ? `: ${reason.display}` : ''}`);
      },
    },
    choice,
    comment,
    element('button', { type: 'submit' }, 'Override'),
  );
}

/** The words that the card quotes, without the marks around them. */
function quotedWords(detail) {
  const quote = detail.querySelector('blockquote')?.textContent ?? '';
  return quote.replace(/^[“"\s]*(… )?/, '').replace(/( …)?[”"\s]*$/, '');
}
