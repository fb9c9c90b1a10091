import type { DocumentReference } from 'fhir/r4.js';
import type { FhirClient } from '../fhir/client.ts';
import { currentDocuments } from '../fhir/current-documents.ts';
import { searchDocuments } from '../fhir/documents.ts';
import type { ChartRequest } from './chart.ts';
import type { ChartReaderOptions } from './chart-reader.ts';

const MAXIMUM_DOCUMENTS = 1_000;

/** The newest first: when the budget ends before all is read, the latest is what was read. */
export async function documentsToRead(
  options: ChartReaderOptions,
  { client, patientId, documents }: ChartRequest,
): Promise<readonly DocumentReference[]> {
  const found = documents
    ? currentDocuments(documents, { patientId }).documents
    : await (options.searchDocuments?.(client, patientId) ?? search(options, client, patientId));
  const { maximumDocuments = MAXIMUM_DOCUMENTS } = options;
  if (found.length > maximumDocuments) {
    options.onWarning?.(
      `a chart has ${found.length} documents; the newest ${maximumDocuments} are read`,
      undefined,
    );
  }
  return [...found]
    .sort((one, other) => writtenAt(other) - writtenAt(one))
    .slice(0, maximumDocuments);
}

async function search(
  { noteCategory, maximumDocuments = MAXIMUM_DOCUMENTS, onWarning }: ChartReaderOptions,
  client: FhirClient,
  patientId: string,
): Promise<readonly DocumentReference[]> {
  const { documents, problems } = await searchDocuments(client, {
    patientId,
    maximumDocuments,
    ...(noteCategory !== undefined && { categories: [noteCategory] }),
  });
  const { brokenEntries, more } = problems;
  if (more) onWarning?.(`a chart has more than ${maximumDocuments} documents`, undefined);
  if (brokenEntries > 0) onWarning?.(`${brokenEntries} entries of a search are broken`, undefined);
  return documents;
}

function writtenAt({ date, meta }: DocumentReference): number {
  return Date.parse(date ?? meta?.lastUpdated ?? '') || 0;
}
