import { byId, element } from './dom.js';

/** Lists the calls so far, newest first, and shows the newest. */
export function showJournal(calls) {
  byId('wire-count').textContent = `${calls.length} ${calls.length === 1 ? 'call' : 'calls'}`;
  const buttons = calls.map((call) =>
    element(
      'button',
      {
        type: 'button',
        onclick: (event) => show(call, event.currentTarget),
      },
      element('span', {}, call.name),
      element('span', { class: 'code' }, `${call.status} · ${call.elapsedMs} ms`),
    ),
  );
  byId('wire-list').replaceChildren(
    ...buttons.toReversed().map((button) => element('li', {}, button)),
  );
  show(calls.at(-1), buttons.at(-1));
}

function show(call, button) {
  for (const other of byId('wire-list').querySelectorAll('button')) {
    other.toggleAttribute('aria-current', other === button);
  }
  byId('wire-request').textContent = call.request ? pretty(call.request) : '(no body)';
  byId('wire-response').textContent = call.response === '' ? '(no body)' : pretty(call.response);
}

function pretty(value) {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
