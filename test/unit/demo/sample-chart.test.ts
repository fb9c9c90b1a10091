import { describe, expect, test } from '@jest/globals';
import { loadSampleChart } from '../../../src/demo/load-sample-chart.ts';
import { DEMO_ORDERS, demoOrder } from '../../../src/demo/orders.ts';
import { EXPECTED_CARDS, EXPECTED_SILENCES } from '../../../src/demo/sample-chart/expected.ts';

const chart = loadSampleChart();
const notes = chart.flatMap((patient) => patient.notes);

describe('sample chart', () => {
  test('has at least 8 patients and 40 notes of many types, authors, years and formats', () => {
    expect(chart.length).toBeGreaterThanOrEqual(8);
    expect(notes.length).toBeGreaterThanOrEqual(40);
    expect(new Set(notes.map((note) => note.type)).size).toBeGreaterThanOrEqual(8);
    expect(new Set(notes.map((note) => note.author)).size).toBeGreaterThanOrEqual(20);
    expect(new Set(notes.map((note) => note.date.slice(0, 4))).size).toBeGreaterThanOrEqual(8);
    const formats = new Set(notes.map((note) => `${note.contentType} ${note.served}`));
    for (const format of [
      'text/plain; charset=utf-8 inline',
      'text/plain; charset=utf-8 binary',
      'text/plain; charset=windows-1252 binary',
      'text/html; charset=utf-8 inline',
      'text/html; charset=utf-8 binary',
      'application/pdf binary',
    ]) {
      expect(formats).toContain(format);
    }
  });

  test('ids of notes are unique, and a replaced note is there and superseded', () => {
    expect(new Set(notes.map(({ id }) => id)).size).toBe(notes.length);
    for (const note of notes.filter(({ replaces }) => replaces)) {
      const replaced = notes.find(({ id }) => id === `${note.id.split('-')[0]}-${note.replaces}`);
      expect(replaced?.status).toBe('superseded');
    }
  });

  test('a windows-1252 note decodes to what its file says', () => {
    const note = notes.find(({ id }) => id === 'p03-n01');
    expect(new TextDecoder('windows-1252').decode(note?.bytes)).toContain('39.2 °C');
    expect(note?.bytes).toContain(0xb0);
  });

  test('most notes tell of no adverse event', () => {
    const telling = new Set(
      EXPECTED_CARDS.flatMap(({ patient, notes: numbers }) =>
        numbers.map((n) => `${patient}-${n}`),
      ),
    );
    expect(telling.size).toBeLessThan(notes.length / 2);
    for (const id of telling) expect(notes.map((note) => note.id)).toContain(id);
  });

  test('every expected order is in the catalogue, and no order is expected both to speak and to be silent', () => {
    const key = ({ patient, order }: { patient: string; order: string }) => `${patient} ${order}`;
    for (const { order } of [...EXPECTED_CARDS, ...EXPECTED_SILENCES]) {
      expect(demoOrder(order).rxcui).toMatch(/^\d+$/);
    }
    const silent = new Set(EXPECTED_SILENCES.map(key));
    expect(EXPECTED_CARDS.map(key).filter((one) => silent.has(one))).toEqual([]);
  });

  test('an unknown order is named', () => {
    expect(() => demoOrder('aspirin')).toThrow('there is no demo order "aspirin"');
    expect(new Set(DEMO_ORDERS.map(({ rxcui }) => rxcui)).size).toBe(DEMO_ORDERS.length);
  });
});
