import { byId, day, element } from './dom.js';
import { conceptText, loadNote } from './fhir.js';
import { highlight, renderNote } from './note-view.js';

/** Who the patient is, and what the record system holds as data. */
export function chartHeader(patient, { allergies, adverseEvents, medications }) {
  const { family, given } = patient.name[0];
  const active = medications.filter(({ status }) => status === 'active');
  return element(
    'div',
    { class: 'chart-header' },
    element(
      'div',
      { class: 'who' },
      element('h1', {}, `${family}, ${given.join(' ')}`),
      element(
        'p',
        {},
        `${patient.gender} · ${age(patient.birthDate)} years · born ${patient.birthDate} · record ${patient.id}`,
      ),
    ),
    facts(
      'Allergies',
      allergies.filter((one) => !deniesAllergy(one)).map(allergyText),
      allergies.some(deniesAllergy) ? 'no known allergies' : 'none recorded',
      'fact-allergy',
    ),
    facts('Adverse events', adverseEvents.map(adverseEventText), 'none recorded', 'fact-event'),
    facts(
      'Medications',
      active.map((one) => conceptText(one.medicationCodeableConcept)),
      'none active',
      'fact-medication',
    ),
  );
}

function facts(title, texts, none, className) {
  return element(
    'div',
    { class: `facts ${className}` },
    element('h2', {}, title),
    texts.length === 0
      ? element('p', { class: 'none' }, none)
      : element('ul', {}, ...texts.map((text) => element('li', {}, text))),
  );
}

/** SNOMED CT: “No known allergy” is recorded as a resource of its own. */
function deniesAllergy(allergy) {
  return allergy.code.coding?.some(({ code }) => code === '716186003') ?? false;
}

function allergyText(allergy) {
  const manifestations = (allergy.reaction ?? []).flatMap(({ manifestation }) =>
    manifestation.map(conceptText),
  );
  const unconfirmed = allergy.verificationStatus?.coding?.[0]?.code === 'unconfirmed';
  return [
    conceptText(allergy.code),
    ...manifestations,
    ...(unconfirmed ? ['unconfirmed'] : []),
  ].join(' · ');
}

function adverseEventText(event) {
  const suspect = event.contained?.find(({ resourceType }) => resourceType === 'Medication');
  return [conceptText(event.event), ...(suspect ? [conceptText(suspect.code)] : [])].join(' · ');
}

function age(birthDate) {
  const born = new Date(birthDate);
  const today = new Date();
  const birthday = new Date(today.getFullYear(), born.getUTCMonth(), born.getUTCDate());
  return today.getFullYear() - born.getUTCFullYear() - (today < birthday ? 1 : 0);
}

/** The list of notes, newest first, and the place where one is read. */
export function noteList(documents) {
  return [
    element('h2', {}, `Notes (${documents.length})`),
    element(
      'ul',
      { id: 'notes', class: 'notes' },
      ...documents.map((document) =>
        element(
          'li',
          {},
          element(
            'button',
            {
              type: 'button',
              'data-note': document.id,
              class: document.status === 'current' ? '' : 'not-current',
              onclick: () => openNote(document),
            },
            element('time', { datetime: document.date }, day(document.date)),
            element('span', { class: 'note-title' }, conceptText(document.type)),
            element('span', { class: 'note-author' }, document.author?.[0]?.display ?? ''),
            document.status !== 'current' && element('span', { class: 'tag' }, document.status),
          ),
        ),
      ),
    ),
    element(
      'article',
      { id: 'note', class: 'note', 'aria-live': 'polite' },
      element(
        'p',
        { class: 'empty' },
        'Open a note, or follow a card’s link to the sentence it rests on.',
      ),
    ),
  ];
}

/**
 * @param {object} document DocumentReference
 * @param {string} [quote] words to mark
 */
export async function openNote(document, quote) {
  for (const button of byId('notes').querySelectorAll('button')) {
    button.toggleAttribute('aria-current', button.dataset.note === document.id);
  }
  const shown = renderNote(await loadNote(document));
  const note = byId('note');
  note.replaceChildren(
    element(
      'header',
      {},
      element('h3', {}, conceptText(document.type)),
      element(
        'p',
        {},
        `${day(document.date)} · ${document.author?.[0]?.display ?? 'no author'} · ${document.content[0].attachment.contentType}`,
      ),
    ),
    shown,
  );
  if (!quote) return;
  if (!highlight(shown, quote)) {
    note.prepend(
      element('p', { class: 'failed' }, 'The quoted words were not found in this note.'),
    );
    return;
  }
  // Within the note's own frame; the page moves only where the note is out of sight.
  const mark = note.querySelector('mark');
  note.scrollTop = mark.offsetTop - note.offsetTop - note.clientHeight / 3;
  note.scrollIntoView({ block: 'nearest' });
}
