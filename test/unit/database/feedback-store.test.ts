import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, openDatabase } from '../../../src/database/database.ts';
import type { CardRecord, FeedbackRecord } from '../../../src/database/feedback-store.ts';
import { SERVER } from './fixtures.ts';

let now = new Date('2026-03-01T10:00:00Z');
let database: Database;
beforeAll(async () => {
  database = await openDatabase({ location: 'memory:', now: () => now });
});
afterAll(() => database.close());

let cards = 0;
/** Gives out a card about other news for another patient, unless told otherwise. */
async function issue(changes: Partial<CardRecord> = {}): Promise<CardRecord> {
  cards++;
  const card: CardRecord = {
    cardUuid: `card-${cards}`,
    alertKey: `alert-${cards}`,
    suggestions: [
      { uuid: `create-${cards}`, action: 'create' },
      { uuid: `delete-${cards}`, action: 'delete' },
    ],
    hook: 'order-sign',
    serviceId: 'vigilnote-order-sign',
    server: SERVER,
    patientId: `patient-${cards}`,
    userId: 'Practitioner/1',
    ...changes,
  };
  await database.feedback.issued([card]);
  return card;
}

function overridden(card: CardRecord, code?: string): FeedbackRecord {
  return {
    card: card.cardUuid,
    outcome: 'overridden',
    outcomeTimestamp: '2026-03-01T10:01:00Z',
    ...(code !== undefined && { overrideReason: { reason: { code } } }),
  };
}

function accepted(card: CardRecord, ...ids: string[]): FeedbackRecord {
  return {
    card: card.cardUuid,
    outcome: 'accepted',
    outcomeTimestamp: '2026-03-01T10:01:00Z',
    acceptedSuggestions: ids.map((id) => ({ id })),
  };
}

function receive(...feedback: FeedbackRecord[]) {
  return database.feedback.received('vigilnote-order-sign', feedback);
}

async function dismissedFor(card: CardRecord, changes: Partial<CardRecord> = {}) {
  const { server, patientId, userId } = { ...card, ...changes };
  return [...(await database.feedback.dismissed({ server, patientId, userId }))];
}

const ANOTHER_USER = { userId: 'Practitioner/2' };

describe('what an answer silences', () => {
  test.each(['tolerated-since', 'already-known', 'wrong-patient-or-negated'])(
    'an override for the reason %s: for everybody',
    async (code) => {
      const card = await issue();
      await receive(overridden(card, code));
      expect(await dismissedFor(card)).toEqual([card.alertKey]);
      expect(await dismissedFor(card, ANOTHER_USER)).toEqual([card.alertKey]);
    },
  );

  test.each([undefined, 'benefit-outweighs-risk', 'a-reason-of-the-client'])(
    'an override for the reason %s: for this user alone',
    async (code) => {
      const card = await issue();
      await receive(overridden(card, code));
      expect(await dismissedFor(card)).toEqual([card.alertKey]);
      expect(await dismissedFor(card, ANOTHER_USER)).toEqual([]);
    },
  );

  test('an accepted record of the reaction: for this user until it must be recorded', async () => {
    const card = await issue();
    await receive(accepted(card, card.suggestions[0]?.uuid ?? ''));
    expect(await dismissedFor(card)).toEqual([card.alertKey]);
    expect(await dismissedFor(card, ANOTHER_USER)).toEqual([]);
    const then = now;
    now = new Date(then.getTime() + 25 * 60 * 60 * 1000);
    expect(await dismissedFor(card)).toEqual([]);
    now = then;
  });

  test('an order deleted on the card’s advice: nothing', async () => {
    const card = await issue();
    await receive(accepted(card, card.suggestions[1]?.uuid ?? ''));
    expect(await dismissedFor(card)).toEqual([]);
  });

  test('other patients, and the same id on another server, are not touched', async () => {
    const card = await issue();
    await receive(overridden(card, 'already-known'));
    expect(await dismissedFor(card, { patientId: 'another' })).toEqual([]);
    expect(await dismissedFor(card, { server: 'https://other.example/fhir' })).toEqual([]);
  });

  test('what is silent for good stays so when a suggestion is accepted later', async () => {
    const card = await issue();
    await receive(overridden(card));
    await receive(accepted(card, card.suggestions[0]?.uuid ?? ''));
    const then = now;
    now = new Date(then.getTime() + 48 * 60 * 60 * 1000);
    expect(await dismissedFor(card)).toEqual([card.alertKey]);
    now = then;
  });
});

describe('feedback as it comes', () => {
  test('is counted: stored, sent again, of cards that nobody gave out', async () => {
    const card = await issue();
    const stranger = { ...card, cardUuid: 'never-issued' };
    expect(await receive(overridden(card), overridden(stranger), overridden(card))).toEqual({
      stored: 2,
      repeated: 1,
      unknownCards: 1,
    });
    expect(await receive(overridden(card))).toEqual({ stored: 0, repeated: 1, unknownCards: 0 });
  });

  test('is stored as a whole batch or not at all', async () => {
    const card = await issue();
    const broken = { ...overridden(card), outcomeTimestamp: 'not a time' };
    await expect(receive(overridden(card, 'already-known'), broken)).rejects.toThrow();
    expect(await dismissedFor(card)).toEqual([]);
    expect(await receive(overridden(card))).toMatchObject({ stored: 1, repeated: 0 });
  });

  test('with a comment that holds a NUL is stored', async () => {
    const card = await issue();
    const feedback: FeedbackRecord = {
      card: card.cardUuid,
      outcome: 'overridden',
      outcomeTimestamp: '2026-03-01T10:01:00+01:00',
      overrideReason: { userComment: 'seen\u0000' },
    };
    expect(await receive(feedback)).toMatchObject({ stored: 1 });
  });

  test('a card that is given out twice, or none, is no error', async () => {
    const card = await issue();
    await database.feedback.issued([card]);
    await database.feedback.issued([]);
    await receive(overridden(card));
    expect(await dismissedFor(card)).toEqual([card.alertKey]);
  });

  test('is erased with its patient', async () => {
    const card = await issue();
    const other = await issue();
    await receive(overridden(card, 'already-known'), overridden(other, 'already-known'));
    expect(await database.feedback.erasePatient(SERVER, card.patientId)).toBe(3);
    expect(await dismissedFor(card)).toEqual([]);
    expect(await dismissedFor(other)).toEqual([other.alertKey]);
    expect(await receive(overridden(card))).toMatchObject({ stored: 1, unknownCards: 1 });
  });
});
