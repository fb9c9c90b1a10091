import { afterEach, describe, expect, test } from '@jest/globals';
import type { DocumentReference } from 'fhir/r4.js';
import {
  type BackgroundChartReader,
  type ChartReaderOptions,
  createChartReader,
} from '../../../src/chart/chart-reader.ts';
import type { FindingsStore, Reading, ReadingKey } from '../../../src/database/findings-store.ts';
import type { FhirClient } from '../../../src/fhir/client.ts';
import { answeredError, FhirError } from '../../../src/fhir/fhir-error.ts';
import { NoteUnreadableError } from '../../../src/notes/note-unreadable-error.ts';
import { aNote, linker, marked } from '../findings/fixtures.ts';

const TEXT = 'Developed a [rash] on {amoxicillin}.';

function aDocument(id: string, changes: Partial<DocumentReference> = {}): DocumentReference {
  return {
    resourceType: 'DocumentReference',
    id,
    meta: { versionId: '1' },
    status: 'current',
    date: `2023-01-${id.padStart(2, '0')}`,
    content: [{ attachment: { contentType: 'text/plain', url: `Binary/${id}` } }],
    ...changes,
  };
}

function aClient(name = 'token'): FhirClient {
  const refuse = (): never => {
    throw new Error(`not asked for in this test (${name})`);
  };
  return {
    baseUrl: 'https://ehr.example/fhir',
    searchPages: refuse,
    followPages: refuse,
    read: refuse,
    readAttachment: refuse,
    transaction: refuse,
    validate: refuse,
  };
}

class MemoryStore implements FindingsStore {
  readonly kept = new Map<string, Reading>();
  failing = false;

  async find(keys: readonly ReadingKey[]): Promise<(Reading | undefined)[]> {
    if (this.failing) throw new Error('the disk is gone');
    return keys.map((key) => this.kept.get(JSON.stringify(key)));
  }
  async keep(key: ReadingKey, _patientId: string, reading: Reading): Promise<void> {
    if (this.failing) throw new Error('the disk is gone');
    this.kept.set(JSON.stringify(key), reading);
  }
  async erasePatient(): Promise<number> {
    return 0;
  }
}

/** A reader over documents that a test lets through one by one, or all at once. */
function bench(changes: Partial<ChartReaderOptions> = {}) {
  const store = new MemoryStore();
  const reads: { readonly id: string; readonly client: FhirClient }[] = [];
  const warnings: string[] = [];
  const held = new Map<string, () => void>();
  const hold = new Set<string>();
  let extractions = 0;
  let atOnce = 0;
  let mostAtOnce = 0;
  const options: ChartReaderOptions = {
    extractor: {
      modelId: 'model-1',
      extract: async (text) => {
        extractions++;
        const { extraction, text: plain } = marked(TEXT);
        if (text !== plain) throw new Error('another text');
        return extraction;
      },
    },
    linker,
    store,
    searchDocuments: async () => [aDocument('1'), aDocument('2'), aDocument('3')],
    readNote: async (client, document, { signal } = {}) => {
      const id = document.id ?? '';
      reads.push({ id, client });
      mostAtOnce = Math.max(mostAtOnce, ++atOnce);
      try {
        if (hold.has(id)) {
          await new Promise<void>((resolve, reject) => {
            held.set(id, resolve);
            signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
          });
        } else {
          await new Promise((resolve) => setImmediate(resolve));
        }
      } finally {
        atOnce--;
      }
      return aNote(marked(TEXT).text, { reference: `DocumentReference/${id}` });
    },
    onWarning: (what) => warnings.push(what),
    ...changes,
  };
  const reader = createChartReader(options);
  open.push(reader);
  return {
    reader,
    store,
    reads,
    warnings,
    hold,
    release: (id: string) => {
      hold.delete(id);
      held.get(id)?.();
    },
    readIds: () => reads.map(({ id }) => id),
    counts: () => ({ extractions, mostAtOnce }),
  };
}

const open: BackgroundChartReader[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((reader) => reader.close()));
});

/** Resolves when `condition` holds: looked at again after each turn of the event loop. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

function references(answer: {
  readonly notes: readonly { readonly source: { readonly reference: string } }[];
}): string[] {
  return answer.notes.map(({ source }) => source.reference.replace('DocumentReference/', ''));
}

describe('a chart', () => {
  test('is read whole where there is no budget, the newest note first', async () => {
    const { reader } = bench();
    const answer = await reader.findings({ client: aClient(), patientId: 'p1' });
    expect(references(answer)).toEqual(['3', '2', '1']);
    expect(answer.notes[0]?.findings).toHaveLength(1);
    expect(answer).toMatchObject({ unreadable: [], pendingDocuments: 0, totalDocuments: 3 });
  });

  test('is not read again while versions, model and vocabulary are the same', async () => {
    const { reader, reads, counts } = bench();
    const first = await reader.findings({ client: aClient(), patientId: 'p1' });
    const second = await reader.findings({ client: aClient(), patientId: 'p1' });
    expect(second).toEqual(first);
    expect(reads).toHaveLength(3);
    expect(counts().extractions).toBe(3);
  });

  test.each<[string, Partial<DocumentReference>]>([
    ['a new version', { meta: { versionId: '2' } }],
    [
      'a server that numbers none and changed it',
      { meta: { lastUpdated: '2024-01-01T00:00:00Z' } },
    ],
    [
      'the same number and other content, as after a server was loaded anew',
      { content: [{ attachment: { contentType: 'text/plain', data: 'b3RoZXI=' } }] },
    ],
  ])('is read again where a document changed: %s', async (_, change) => {
    const { reader, readIds } = bench();
    const request = { client: aClient(), patientId: 'p1' };
    await reader.findings({ ...request, documents: [aDocument('1'), aDocument('2')] });
    await reader.findings({ ...request, documents: [aDocument('1', change), aDocument('2')] });
    expect(readIds()).toEqual(['2', '1', '1']);
  });

  test('that a prefetch brought is not searched for', async () => {
    const { reader } = bench({
      searchDocuments: async () => {
        throw new Error('searched');
      },
    });
    const documents = [aDocument('7')];
    const answer = await reader.findings({ client: aClient(), patientId: 'p1', documents });
    expect(references(answer)).toEqual(['7']);
  });

  test('whose documents cannot be searched for is an error of the call', async () => {
    const { reader } = bench({
      searchDocuments: async () => {
        throw new Error('down');
      },
    });
    await expect(reader.findings({ client: aClient(), patientId: 'p1' })).rejects.toThrow('down');
  });

  test('that a prefetch brought is read without what is in error, superseded, or another patient’s', async () => {
    const { reader } = bench();
    const documents = [
      aDocument('1', { status: 'entered-in-error' }),
      aDocument('2', { subject: { reference: 'Patient/another' } }),
      aDocument('3'),
      aDocument('4', {
        relatesTo: [{ code: 'replaces', target: { reference: 'DocumentReference/3' } }],
      }),
    ];
    const answer = await reader.findings({ client: aClient(), patientId: 'p1', documents });
    expect(references(answer)).toEqual(['4']);
  });

  test('names its patient also where a document names none', async () => {
    const { reader } = bench();
    const documents = [aDocument('1')];
    const answer = await reader.findings({ client: aClient(), patientId: 'p7', documents });
    expect(answer.notes[0]?.source.patientId).toBe('p7');
    expect(answer.notes[0]?.findings[0]?.patientId).toBe('p7');
  });

  test('of too many documents is read from its newest, and says so', async () => {
    const { reader, warnings } = bench({ maximumDocuments: 2 });
    const answer = await reader.findings({ client: aClient(), patientId: 'p1' });
    expect(references(answer)).toEqual(['3', '2']);
    expect(warnings).toEqual(['a chart has 3 documents; the newest 2 are read']);
  });

  test('is read with no more at once than allowed', async () => {
    const documents = Array.from({ length: 12 }, (_, index) => aDocument(String(index + 1)));
    const { reader, counts } = bench({ concurrency: 3, searchDocuments: async () => documents });
    await reader.findings({ client: aClient(), patientId: 'p1' });
    expect(counts()).toEqual({ extractions: 12, mostAtOnce: 3 });
  });

  test('with an empty note has no findings from it, and the model is not asked', async () => {
    const { reader, counts } = bench({ readNote: async () => aNote(' \n') });
    const answer = await reader.findings({
      client: aClient(),
      patientId: 'p1',
      documents: [aDocument('1')],
    });
    expect(answer.notes).toMatchObject([{ findings: [], tolerances: [] }]);
    expect(counts().extractions).toBe(0);
  });
});

describe('a budget that ends', () => {
  test('answers with what is read; the rest is read on and there at the next call', async () => {
    const { reader, hold, release, readIds } = bench();
    hold.add('2');
    const request = { client: aClient(), patientId: 'p1', budgetMs: 400 };
    const first = await reader.findings(request);
    expect(references(first)).toEqual(['3', '1']);
    expect(first).toMatchObject({ pendingDocuments: 1, totalDocuments: 3 });
    release('2');
    await reader.idle();
    const second = await reader.findings(request);
    expect(references(second)).toEqual(['3', '2', '1']);
    expect(second.pendingDocuments).toBe(0);
    expect(readIds().filter((id) => id === '2')).toHaveLength(1);
  });

  test('of nothing gives what is known and waits for no note', async () => {
    const { reader } = bench();
    const request = { client: aClient(), patientId: 'p1', budgetMs: 0 };
    await reader.findings(request);
    await reader.idle();
    expect(references(await reader.findings(request))).toEqual(['3', '2', '1']);
  });

  test('leaves the call’s client for the background only so long', async () => {
    const { reader, hold, reads } = bench({ backgroundMs: 20, concurrency: 1 });
    hold.add('3');
    const first = await reader.findings({
      client: aClient('first'),
      patientId: 'p1',
      budgetMs: 10,
    });
    expect(first.pendingDocuments).toBe(3);
    await reader.idle();
    // Dropped, those that were waiting too.
    expect(reads.map(({ id }) => id)).toEqual(['3']);
    hold.clear();
    const second = aClient('second');
    const answer = await reader.findings({ client: second, patientId: 'p1' });
    expect(answer.pendingDocuments).toBe(0);
    expect(reads.slice(1).every(({ client }) => client === second)).toBe(true);
  });

  test('lets a call that somebody waits for go before the background', async () => {
    const { reader, hold, release, readIds } = bench({ concurrency: 1 });
    hold.add('3');
    await reader.findings({ client: aClient(), patientId: 'p1', budgetMs: 10 });
    const waiting = reader.findings({
      client: aClient(),
      patientId: 'p2',
      documents: [aDocument('9')],
    });
    await new Promise((resolve) => setImmediate(resolve));
    release('3');
    await waiting;
    expect(readIds().slice(0, 2)).toEqual(['3', '9']);
  });
});

describe('calls at the same time', () => {
  test('read a document version once', async () => {
    const { reader, counts, reads } = bench();
    const answers = await Promise.all(
      [1, 2, 3].map(() => reader.findings({ client: aClient(), patientId: 'p1' })),
    );
    expect(reads).toHaveLength(3);
    expect(counts().extractions).toBe(3);
    for (const answer of answers) expect(references(answer)).toEqual(['3', '2', '1']);
  });

  test('do not lose a note when the call that reads it is given up', async () => {
    const { reader, hold, reads } = bench({ backgroundMs: 20 });
    hold.add('1');
    const documents = [aDocument('1')];
    const client = aClient('second');
    const first = reader.findings({ client: aClient(), patientId: 'p1', documents, budgetMs: 10 });
    await until(() => reads.length === 1);
    const second = reader.findings({ client, patientId: 'p1', documents });
    expect(await first).toMatchObject({ pendingDocuments: 1 });
    hold.clear();
    expect(references(await second)).toEqual(['1']);
    expect(reads.map((read) => read.client === client)).toEqual([false, true]);
  });

  test('do not share that one was not allowed to read a note', async () => {
    const allowed = aClient('allowed');
    const { reader } = bench({
      readNote: async (client) => {
        await new Promise((resolve) => setImmediate(resolve));
        if (client !== allowed) throw answeredError('read Binary', 403, undefined);
        return aNote(marked(TEXT).text);
      },
    });
    const documents = [aDocument('1')];
    const [refused, read] = await Promise.all([
      reader.findings({ client: aClient(), patientId: 'p1', documents }),
      reader.findings({ client: allowed, patientId: 'p1', documents }),
    ]);
    expect(refused.unreadable).toEqual([
      { reference: 'DocumentReference/1', reason: expect.stringContaining('403') },
    ]);
    expect(read.notes).toHaveLength(1);
  });
});

describe('a note that cannot be read', () => {
  test('is named with its reason, and the others are read', async () => {
    const { reader } = bench({
      readNote: async (_, { id }) => {
        if (id === '2')
          throw new NoteUnreadableError('Attachments of type image/png are not read.');
        return aNote(marked(TEXT).text);
      },
    });
    const answer = await reader.findings({ client: aClient(), patientId: 'p1' });
    expect(answer.notes).toHaveLength(2);
    expect(answer.unreadable).toEqual([
      { reference: 'DocumentReference/2', reason: 'Attachments of type image/png are not read.' },
    ]);
    expect(answer.pendingDocuments).toBe(0);
  });

  test.each<[string, Error, number]>([
    ['for good is not tried again', new NoteUnreadableError('a picture'), 1],
    ['for now is', answeredError('read Binary', 503, undefined), 2],
    ['in time is', new FhirError('timeout', 'The FHIR server did not answer in time.'), 2],
  ])('%s', async (_, error, tries) => {
    let tried = 0;
    const { reader } = bench({
      readNote: async () => {
        tried++;
        throw error;
      },
    });
    const request = { client: aClient(), patientId: 'p1', documents: [aDocument('1')] };
    const first = await reader.findings(request);
    const second = await reader.findings(request);
    expect(tried).toBe(tries);
    expect(first.unreadable).toHaveLength(1);
    expect(second.unreadable).toEqual(first.unreadable);
  });

  test('is named without the words of an error that may hold ids', async () => {
    const { reader } = bench({
      readNote: async () => {
        throw new Error('GET https://ehr.example/fhir/Binary/77?patient=p1 failed');
      },
    });
    const { unreadable } = await reader.findings({ client: aClient(), patientId: 'p1' });
    expect(unreadable).toHaveLength(3);
    expect(JSON.stringify(unreadable)).not.toMatch(/p1|Binary|https/);
  });

  test('by the model is tried again at the next call', async () => {
    let failing = true;
    const { reader } = bench({
      extractor: {
        modelId: 'model-1',
        extract: async () => {
          if (failing) throw new Error('out of memory');
          return marked(TEXT).extraction;
        },
      },
    });
    const request = { client: aClient(), patientId: 'p1', documents: [aDocument('1')] };
    expect(await reader.findings(request)).toMatchObject({ notes: [], unreadable: [{}] });
    failing = false;
    expect(await reader.findings(request)).toMatchObject({ notes: [{}], unreadable: [] });
  });
});

test('without a store, and with the reading of src/fhir, documents and notes come from the server', async () => {
  const [first, second] = [aDocument('1'), aDocument('2')];
  const asked: unknown[] = [];
  const client: FhirClient = {
    ...aClient(),
    async *searchPages(type, parameters) {
      asked.push([type, parameters]);
      const entry = [{ resource: first }, { resource: second }, { resource: 'broken' as never }];
      yield { resourceType: 'Bundle', type: 'searchset', entry };
    },
    readAttachment: async (url) => {
      asked.push(url);
      const bytes = new TextEncoder().encode(marked(TEXT).text);
      return { contentType: 'text/plain', bytes };
    },
  };
  const { reader, warnings } = bench();
  await reader.close();
  const plain = createChartReader({
    extractor: { modelId: 'model-1', extract: async () => marked(TEXT).extraction },
    linker,
    noteCategory: 'clinical-note',
    onWarning: (what) => warnings.push(what),
  });
  open.push(plain);
  const answer = await plain.findings({ client, patientId: 'p1' });
  expect(references(answer)).toEqual(['2', '1']);
  expect(answer.notes[0]?.findings[0]?.evidence.quote).toBe('Developed a rash on amoxicillin.');
  expect(asked).toEqual([
    ['DocumentReference', expect.objectContaining({ patient: 'p1', category: 'clinical-note' })],
    'Binary/2',
    'Binary/1',
  ]);
  expect(warnings).toEqual(['1 entries of a search are broken']);
  await plain.findings({ client, patientId: 'p1' });
  expect(asked).toHaveLength(6);
});

test('a database that fails costs time, not the answer', async () => {
  const { reader, store, warnings, reads } = bench();
  store.failing = true;
  const request = { client: aClient(), patientId: 'p1' };
  expect(references(await reader.findings(request))).toEqual(['3', '2', '1']);
  expect(references(await reader.findings(request))).toEqual(['3', '2', '1']);
  expect(reads).toHaveLength(6);
  expect(new Set(warnings)).toEqual(
    new Set(['earlier findings could not be looked up', 'findings could not be kept']),
  );
});

test('a closed reader ends what it was reading and takes no further call', async () => {
  const { reader, hold, reads } = bench();
  hold.add('1');
  const request = { client: aClient(), patientId: 'p1', documents: [aDocument('1')] };
  const open = reader.findings(request);
  await until(() => reads.length === 1);
  await reader.close();
  expect(await open).toMatchObject({ notes: [], pendingDocuments: 1 });
  await expect(reader.findings(request)).rejects.toThrow('the chart reader is closed');
});
