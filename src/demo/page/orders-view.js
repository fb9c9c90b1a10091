import { element } from './dom.js';
import { conceptText } from './fhir.js';

const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';

/**
 * Drafting and signing of orders. A drug of the catalogue is ordered with its RxNorm code, any other
 * words as text alone.
 *
 * @param {{
 *   catalogue: { rxcui: string, display: string }[],
 *   patientId: string,
 *   onSelect: (draft: object, drafts: object[]) => Promise<number>,
 *   onSign: (drafts: object[]) => Promise<number>,
 * }} parts
 */
export function createOrders({ catalogue, patientId, onSelect, onSign }) {
  let drafts = [];
  let numbered = 0;
  const drug = element('input', {
    id: 'drug',
    type: 'text',
    list: 'catalogue',
    placeholder: 'Search or type a drug: amoxicillin …',
    autocomplete: 'off',
    required: true,
  });
  const list = element('ul', { class: 'drafts', id: 'drafts' });
  const status = element('p', { class: 'orders-status', role: 'status' });
  const sign = element(
    'button',
    { type: 'button', class: 'primary', disabled: true, onclick: signAll },
    'Sign orders',
  );
  const anyway = element(
    'button',
    { type: 'button', onclick: signed },
    'Sign in spite of the cards',
  );
  anyway.hidden = true;

  async function add(event) {
    event.preventDefault();
    const text = drug.value.trim();
    if (text === '') return;
    const draft = draftOf(text);
    drafts.push(draft);
    drug.value = '';
    redraw();
    await onSelect(draft, drafts);
  }

  function draftOf(text) {
    const known =
      catalogue.find(({ display }) => display.toLowerCase() === text.toLowerCase()) ??
      catalogue.find(({ display }) => display.toLowerCase().startsWith(`${text.toLowerCase()} `));
    return {
      resourceType: 'MedicationRequest',
      id: `draft-${++numbered}`,
      status: 'draft',
      intent: 'order',
      medicationCodeableConcept: known
        ? {
            coding: [{ system: RXNORM, code: known.rxcui, display: known.display }],
            text: known.display,
          }
        : { text },
      subject: { reference: `Patient/${patientId}` },
    };
  }

  async function signAll() {
    const cards = await onSign(drafts);
    if (cards === 0) return signed();
    anyway.hidden = drafts.length === 0;
    status.textContent = 'Read the cards, then accept, override, or sign in spite of them.';
  }

  function signed() {
    const names = drafts.map((draft) => conceptText(draft.medicationCodeableConcept));
    drafts = [];
    redraw();
    status.textContent = `Signed: ${names.join('; ')}`;
  }

  function remove(id) {
    drafts = drafts.filter((draft) => draft.id !== id);
    redraw();
  }

  function redraw() {
    status.textContent = '';
    anyway.hidden = true;
    sign.disabled = drafts.length === 0;
    list.replaceChildren(
      ...drafts.map((draft) => {
        const name = conceptText(draft.medicationCodeableConcept);
        const code = draft.medicationCodeableConcept.coding?.[0]?.code;
        return element(
          'li',
          { 'data-draft': draft.id },
          element('span', {}, name),
          element('span', { class: 'code' }, code ? `RxNorm ${code}` : 'no code'),
          element(
            'button',
            { type: 'button', 'aria-label': `Remove ${name}`, onclick: () => remove(draft.id) },
            '×',
          ),
        );
      }),
    );
  }

  return {
    remove,
    elements: [
      element('h2', {}, 'Orders'),
      element(
        'form',
        { class: 'order-form', onsubmit: add },
        element('label', { for: 'drug' }, 'Drug'),
        drug,
        element(
          'datalist',
          { id: 'catalogue' },
          ...catalogue.map(({ display }) => element('option', { value: display })),
        ),
        element('button', { type: 'submit' }, 'Draft'),
      ),
      list,
      element('div', { class: 'order-actions' }, sign, anyway),
      status,
    ],
  };
}
