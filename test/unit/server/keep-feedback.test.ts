import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { feedbackSchema } from '../../../src/cds-hooks/feedback.ts';
import { type Database, openDatabase } from '../../../src/database/database.ts';
import { keepFeedback } from '../../../src/server/keep-feedback.ts';

let database: Database;
beforeAll(async () => {
  database = await openDatabase({ location: 'memory:' });
});
afterAll(() => database.close());

const AT = '2026-11-20T11:22:33Z';

test('what no database could hold is counted and left out, the rest of the batch is kept', async () => {
  const { feedback } = feedbackSchema.parse({
    feedback: [
      { card: 'a'.repeat(100_000), outcome: 'overridden', outcomeTimestamp: AT },
      { card: 'nul\0', outcome: 'overridden', outcomeTimestamp: AT },
      {
        card: 'c1',
        outcome: 'overridden',
        outcomeTimestamp: AT,
        overrideReason: {
          reason: { code: 'nul\0', system: '\ud800' },
          userComment: `nul\0 half \ud800 ${'long '.repeat(1000)}`,
        },
      },
      {
        card: 'c2',
        outcome: 'accepted',
        outcomeTimestamp: '9999-12-31T23:59:59.999999999+14:00',
        acceptedSuggestions: [{ id: 'nul\0' }],
      },
    ],
  });
  await expect(keepFeedback(database.feedback, 'service', feedback)).resolves.toEqual({
    stored: 2,
    repeated: 0,
    unknownCards: 4,
  });
});

test.each(['0000-01-01T00:00:00Z', '2026-13-01T00:00:00Z', '2026-11-20', 'yesterday'])(
  '%s is no time of an outcome',
  (outcomeTimestamp) => {
    const feedback = [{ card: 'c1', outcome: 'overridden', outcomeTimestamp }];
    expect(feedbackSchema.safeParse({ feedback }).success).toBe(false);
  },
);
