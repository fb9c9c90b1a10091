import { describe, expect, test } from '@jest/globals';
import type { DocumentReference } from 'fhir/r4.js';
import { documentVersion } from '../../../src/chart/document-version.ts';

const document: DocumentReference = {
  resourceType: 'DocumentReference',
  id: 'd1',
  meta: { versionId: '3', lastUpdated: '2024-01-01T00:00:00Z' },
  status: 'current',
  subject: { reference: 'Patient/p1' },
  date: '2023-04-03',
  content: [{ attachment: { contentType: 'text/plain', url: 'Binary/1' } }],
};

describe('the version of a document', () => {
  test('names the document, and is the same for the same document', () => {
    expect(documentVersion(document).reference).toBe('DocumentReference/d1');
    expect(documentVersion(structuredClone(document))).toEqual(documentVersion(document));
  });

  test('does not change with what no finding is made from', () => {
    const tagged = { ...document, meta: { ...document.meta, tag: [{ code: 'SUBSETTED' }] } };
    expect(documentVersion(tagged)).toEqual(documentVersion(document));
  });

  test.each<[string, Partial<DocumentReference>]>([
    ['number', { meta: { versionId: '4' } }],
    ['patient', { subject: { reference: 'Patient/p2' } }],
    ['date', { date: '2023-04-04' }],
    ['author', { author: [{ display: 'A. Author' }] }],
    ['content', { content: [{ attachment: { contentType: 'text/plain', url: 'Binary/2' } }] }],
  ])('changes with its %s', (_, changes) => {
    expect(documentVersion({ ...document, ...changes }).version).not.toBe(
      documentVersion(document).version,
    );
  });

  test('of a server that numbers none goes by the time of the last change', () => {
    const { version } = documentVersion({ ...document, meta: { lastUpdated: '2024-02-02' } });
    expect(version).toContain(':2024-02-02:');
  });

  test('tells documents without an id apart by their content', () => {
    const { id: _id, ...first } = document;
    const second = { ...first, date: '2020-01-01' };
    expect(documentVersion(first).reference).not.toBe(documentVersion(second).reference);
  });

  test('holds nothing of the content', () => {
    const inline: DocumentReference = {
      ...document,
      content: [{ attachment: { data: 'cmFzaA==' } }],
    };
    expect(JSON.stringify(documentVersion(inline))).not.toContain('cmFzaA');
  });
});
