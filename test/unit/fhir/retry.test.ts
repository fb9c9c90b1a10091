import { describe, expect, test } from '@jest/globals';
import { FhirError } from '../../../src/fhir/fhir-error.ts';
import { retryAfterMs, withRetries } from '../../../src/fhir/retry.ts';

describe('Retry-After', () => {
  const now = Date.parse('2026-01-02T03:04:05Z');
  test.each([
    ['0', 0],
    ['120', 120_000],
    [' 1.5 ', 1500],
    ['Fri, 02 Jan 2026 03:05:05 GMT', 60_000],
    ['Friday, 02-Jan-26 03:05:05 GMT', 60_000],
    ['Fri, 02 Jan 2026 03:00:00 GMT', 0],
  ])('%p', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });

  test.each([null, '', '-5', 'soon', '12 monkeys', '2026-01-02'])('%p says nothing', (header) => {
    expect(retryAfterMs(header, now)).toBeUndefined();
  });
});

describe('withRetries', () => {
  const policy = { maximumRetries: 5, firstDelayMs: 100, maximumDelayMs: 500 };

  test('jitter stays between half of the delay and the whole, and the delay below its limit', async () => {
    for (const random of [0, 0.999999]) {
      const slept: number[] = [];
      const clock = {
        sleep: async (delayMs: number) => void slept.push(delayMs),
        random: () => random,
      };
      const failing = async () => {
        throw new FhirError('server-error', 'x', { status: 503 });
      };
      await expect(withRetries(failing, policy, clock)).rejects.toThrow('x');
      expect(slept).toHaveLength(5);
      for (const [index, delayMs] of slept.entries()) {
        expect(delayMs).toBeGreaterThanOrEqual(Math.min(500, 50 * 2 ** index));
        expect(delayMs).toBeLessThanOrEqual(Math.min(500, 100 * 2 ** index));
      }
    }
  });

  test('a wait that is cut short ends it', async () => {
    const failing = async () => {
      throw new FhirError('server-error', 'x', { status: 503 });
    };
    const clock = { sleep: async () => Promise.reject(new Error('aborted')), random: () => 0 };
    await expect(withRetries(failing, policy, clock)).rejects.toThrow('aborted');
  });

  test('what is no FhirError is not tried again', async () => {
    let calls = 0;
    const failing = async () => {
      calls += 1;
      throw new TypeError('ours');
    };
    const clock = { sleep: async () => {}, random: () => 0 };
    await expect(withRetries(failing, policy, clock)).rejects.toThrow('ours');
    expect(calls).toBe(1);
  });
});
