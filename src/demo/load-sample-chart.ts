import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { NOTE_TYPE_NAMES } from './note-types.ts';
import { encodeWindows1252 } from './windows-1252.ts';

const CHART_FOLDER = fileURLToPath(new URL('sample-chart', import.meta.url));

const coding = z.strictObject({ system: z.url(), code: z.string(), display: z.string() });
const day = z.iso.date();

const patientSchema = z.strictObject({
  given: z.array(z.string()).min(1),
  family: z.string(),
  gender: z.enum(['female', 'male', 'other', 'unknown']),
  birthDate: day,
  allergies: z.array(
    z.strictObject({
      code: coding,
      reaction: z.string().optional(),
      recordedDate: day,
      criticality: z.enum(['low', 'high', 'unable-to-assess']).optional(),
      category: z.enum(['medication', 'food', 'environment']).optional(),
    }),
  ),
  adverseEvents: z
    .array(
      z.strictObject({
        event: coding,
        suspect: coding,
        date: day,
        recordedDate: day,
        seriousness: z.enum(['Serious', 'Non-serious']),
        outcome: z.enum(['resolved', 'recovering', 'ongoing', 'unknown']),
      }),
    )
    .default([]),
  medications: z.array(
    z.strictObject({
      rxcui: z.string().regex(/^\d+$/),
      display: z.string(),
      sig: z.string(),
      date: day,
      status: z.enum(['active', 'stopped']),
      /** `statement`: known from the patient, not ordered here. */
      as: z.enum(['request', 'statement']).default('request'),
    }),
  ),
});

const frontMatterSchema = z.strictObject({
  type: z.enum(NOTE_TYPE_NAMES),
  title: z.string(),
  author: z.string(),
  date: z.iso.datetime(),
  encoding: z.enum(['utf-8', 'windows-1252']).default('utf-8'),
  served: z.enum(['inline', 'binary']),
  status: z.enum(['current', 'superseded', 'entered-in-error']).default('current'),
  /** The note that this one stands in for: `n02`. */
  replaces: z
    .string()
    .regex(/^n\d+$/)
    .optional(),
});

/** A note as its author's system holds it. */
export interface SampleNote extends z.infer<typeof frontMatterSchema> {
  /** `p10-n03`: of no meaning outside. */
  readonly id: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** File that it was read from, relative to the chart's folder. */
  readonly file: string;
}

export interface SamplePatient extends z.infer<typeof patientSchema> {
  /** `p10`. */
  readonly id: string;
  readonly notes: readonly SampleNote[];
}

/**
 * Reads the invented chart: one folder a patient, `patient.json` for what is structured, one file
 * a note with its front matter.
 *
 * @throws Error naming the file whose content does not fit
 */
export function loadSampleChart(folder: string = CHART_FOLDER): SamplePatient[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => loadPatient(folder, name));
}

function loadPatient(folder: string, name: string): SamplePatient {
  const id = prefix(name);
  const path = join(name, 'patient.json');
  const patient = parse(patientSchema, JSON.parse(readFileSync(join(folder, path), 'utf8')), path);
  const notes = readdirSync(join(folder, name))
    .filter((file) => file !== 'patient.json')
    .sort()
    .map((file) => loadNote(folder, join(name, file), `${id}-${prefix(file)}`));
  return { ...patient, id, notes };
}

function loadNote(folder: string, file: string, id: string): SampleNote {
  const match = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(readFileSync(join(folder, file), 'utf8'));
  if (!match) throw new Error(`${file}: does not begin with front matter between lines of ---`);
  const [, head = '', body = ''] = match;
  const fields = Object.fromEntries(
    head.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
  const front = parse(frontMatterSchema, fields, file);
  return { ...front, id, file, ...content(file, body, front.encoding) };
}

function content(file: string, body: string, encoding: 'utf-8' | 'windows-1252') {
  if (file.endsWith('.pdf.base64')) {
    return { contentType: 'application/pdf', bytes: Buffer.from(body, 'base64') };
  }
  const mediaType = file.endsWith('.html') ? 'text/html' : 'text/plain';
  return {
    contentType: `${mediaType}; charset=${encoding}`,
    bytes: encoding === 'utf-8' ? Buffer.from(body) : encodeWindows1252(body),
  };
}

/** `p10-carrow` → `p10`, `n03-2020-10-29-surgery.txt` → `n03`. */
function prefix(name: string): string {
  return name.slice(0, name.indexOf('-'));
}

function parse<T extends z.ZodType>(schema: T, value: unknown, file: string): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`sample chart, ${file}: ${z.prettifyError(result.error)}`);
}
