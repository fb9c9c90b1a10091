import { renderCard } from './card-view.js';
import { callHook, discover, journal, sendFeedback } from './cds.js';
import { chartHeader, noteList, openNote } from './chart-view.js';
import { byId, element } from './dom.js';
import { FHIR_BASE, loadPatient, searchAll } from './fhir.js';
import { createOrders } from './orders-view.js';
import { showJournal } from './wire-view.js';

const USER = 'Practitioner/demo-physician';
const services = new Map();

journal.addEventListener('call', (event) => showJournal(event.detail.calls));
await start();

async function start() {
  const [patients, catalogue] = await Promise.all([
    searchAll('Patient', {}),
    fetch('orders.json').then((response) => response.json()),
    discover().then(
      (found) => {
        for (const service of found) services.set(service.hook, service);
        byId('service').textContent = `${found.length} CDS services found`;
      },
      (error) => {
        byId('service').textContent = `No CDS services: ${error.message}`;
        byId('service').classList.add('failed');
      },
    ),
  ]);
  byId('patients').append(
    ...patients.map((patient) => {
      const { family, given } = patient.name[0];
      const choose = element(
        'button',
        { type: 'button', onclick: () => openChart(patient, catalogue, choose) },
        element('span', { class: 'patient-name' }, `${family}, ${given.join(' ')}`),
        element('span', { class: 'patient-facts' }, `${patient.gender}, born ${patient.birthDate}`),
      );
      return element('li', {}, choose);
    }),
  );
}

async function openChart(patient, catalogue, button) {
  for (const other of document.querySelectorAll('#patients button')) {
    other.toggleAttribute('aria-current', other === button);
  }
  const record = await loadPatient(patient.id);
  const header = element('div');
  const cards = element('div', { class: 'cards', 'aria-live': 'polite' });
  const notes = noteList(record.documents);
  const refresh = () => header.replaceChildren(chartHeader(patient, record));

  const orders = createOrders({
    catalogue,
    patientId: patient.id,
    onSelect: (selection, drafts) =>
      ask('order-select', {
        selections: [`MedicationRequest/${selection.id}`],
        draftOrders: bundleOf(drafts),
      }),
    onSign: (drafts) => ask('order-sign', { draftOrders: bundleOf(drafts) }),
  });

  /** Calls a hook and shows what comes back; @returns the number of cards. */
  async function ask(hook, context) {
    const service = services.get(hook);
    if (!service) return 0;
    cards.setAttribute('aria-busy', 'true');
    try {
      const full = { userId: USER, patientId: patient.id, ...context };
      const answer = await callHook(service, full);
      showCards(service, answer);
      return answer.cards.length;
    } catch (error) {
      cards.replaceChildren(element('p', { class: 'failed', role: 'alert' }, error.message));
      return 0;
    } finally {
      cards.removeAttribute('aria-busy');
    }
  }

  function showCards(service, answer) {
    const head = element(
      'p',
      { class: 'cards-head' },
      element('strong', {}, service.hook),
      ` answered in ${answer.elapsedMs} ms: `,
      answer.cards.length === 0 ? 'nothing to say.' : `${counted(answer.cards.length, 'card')}.`,
    );
    const shown = answer.cards.map((card) =>
      renderCard(card, {
        onLink: (url, quote, event) => follow(url, quote, event),
        onAccept: (suggestion) => accept(service, card, suggestion),
        onOverride: (reason, comment) => override(service, card, reason, comment),
      }),
    );
    cards.replaceChildren(head, ...shown);
  }

  async function accept(service, card, suggestion) {
    for (const action of suggestion.actions ?? []) {
      if (action.type === 'delete') orders.remove(action.resourceId.split('/')[1]);
      // The demo's FHIR endpoint is read only: what is recorded is shown here and lives in this tab.
      if (action.resource?.resourceType === 'AllergyIntolerance')
        record.allergies.push(action.resource);
      if (action.resource?.resourceType === 'AdverseEvent')
        record.adverseEvents.push(action.resource);
    }
    refresh();
    await sendFeedback(service, card.uuid, {
      outcome: 'accepted',
      acceptedSuggestions: [{ id: suggestion.uuid }],
    });
  }

  async function override(service, card, reason, comment) {
    const overrideReason = {
      ...(reason && { reason: { code: reason.code, system: reason.system } }),
      ...(comment && { userComment: comment }),
    };
    await sendFeedback(service, card.uuid, {
      outcome: 'overridden',
      ...(Object.keys(overrideReason).length > 0 && { overrideReason }),
    });
  }

  /** A link to a document of this chart opens here, with the words of the card marked. */
  function follow(url, quote, event) {
    const prefix = `${FHIR_BASE}/DocumentReference/`;
    const found = record.documents.find(({ id }) => url === `${prefix}${id}`);
    if (!found) return;
    event.preventDefault();
    openNote(found, quote);
  }

  refresh();
  byId('chart').replaceChildren(
    header,
    element(
      'div',
      { class: 'columns' },
      element('section', { class: 'panel', 'aria-label': 'Notes' }, ...notes),
      element(
        'section',
        { class: 'panel', 'aria-label': 'Orders and cards' },
        ...orders.elements,
        cards,
      ),
    ),
  );
  await ask('patient-view', {});
}

function bundleOf(drafts) {
  return {
    resourceType: 'Bundle',
    type: 'collection',
    entry: drafts.map((resource) => ({ resource })),
  };
}

function counted(count, word) {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
