import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ExtractionError, messageOf } from './error.ts';
import { ENTITY_TYPES, type EntityType, type RelationType } from './extraction.ts';

const entityType = z.enum(ENTITY_TYPES);
const probability = z.number().min(0).max(1);
const relationType = z.custom<RelationType>(
  (value) =>
    typeof value === 'string' &&
    ENTITY_TYPES.some((type) => type !== 'Drug' && value === `${type}-Drug`),
  'must be <EntityType>-Drug',
);
const file = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
  bytes: z.int().positive(),
});

const manifestSchema = z
  .object({
    modelId: z.string().min(1),
    /** Numbers in the hidden state of a token. */
    width: z.int().positive(),
    /** Classes of the entity scores: `O`, then `B-…` and `I-…` of each type. */
    labels: z.array(z.string()).min(1),
    /** What `span_types` of the relation graph counts. */
    entityTypes: z.array(entityType).min(1),
    /** Types that the training data marks well enough to be decoded. */
    enabledEntityTypes: z.array(entityType),
    /** Relation classes from 1 on; class 0 is none. */
    relationTypes: z.array(relationType).min(1),
    decoding: z.object({
      scheme: z.literal('BIO'),
      /** Whether a `##` piece must go on with the label of the piece before it. */
      continuationKeepsLabelOfWord: z.boolean().default(true),
      relationThreshold: probability,
      adeRelationThreshold: probability,
    }),
    thresholds: z.object({ card: probability }),
    files: z.object({ 'encoder.onnx': file, 'relations.onnx': file, 'vocab.txt': file }),
  })
  .superRefine(({ labels, entityTypes, relationTypes }, context) => {
    const expected = entityTypes.flatMap((type) => [`B-${type}`, `I-${type}`]);
    for (const label of ['O', ...expected].filter((name) => !labels.includes(name))) {
      context.addIssue({ code: 'custom', path: ['labels'], message: `has no ${label}` });
    }
    for (const type of entityTypes) {
      if (type !== 'Drug' && !relationTypes.includes(`${type}-Drug`)) {
        context.addIssue({
          code: 'custom',
          path: ['relationTypes'],
          message: `has no ${type}-Drug`,
        });
      }
    }
  });

/** What a reader of the graphs has to know of them; further members of the file are left aside. */
export type Manifest = z.output<typeof manifestSchema>;
export type { EntityType };

/** Reads a manifest's JSON. @throws ExtractionError that names every member that is wrong */
export function parseManifest(json: string, path: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new ExtractionError(`${path} is not JSON: ${messageOf(error)}`);
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`);
  throw new ExtractionError(
    `${path} is not a manifest that this version reads (${issues.join('; ')}). ` +
      'Export the model again with the training package of the same version.',
  );
}

/**
 * Opens a model directory: reads its manifest and checks size and SHA-256 of every file named there.
 * @throws ExtractionError naming the file, what is wrong with it and what to do
 */
export async function openModelDirectory(directory: string): Promise<Manifest> {
  const path = join(directory, 'manifest.json');
  let json: string;
  try {
    json = await readFile(path, 'utf8');
  } catch (error) {
    throw new ExtractionError(
      `no model at ${directory}: manifest.json cannot be read (${codeOf(error)}). ` +
        'Point VIGILNOTE_MODEL or the option modelDirectory at a directory such as models/jnrf.',
    );
  }
  const manifest = parseManifest(json, path);
  for (const [name, expected] of Object.entries(manifest.files)) {
    await verify(join(directory, name), expected);
  }
  return manifest;
}

async function verify(path: string, expected: { sha256: string; bytes: number }): Promise<void> {
  let bytes: number;
  try {
    bytes = (await stat(path)).size;
  } catch (error) {
    throw new ExtractionError(
      `${path} is named in manifest.json but cannot be read (${codeOf(error)}); ` +
        'fetch the model directory again.',
    );
  }
  if (bytes !== expected.bytes) {
    const pointer =
      bytes < 1024 && (await readFile(path, 'latin1')).startsWith('version https://git-lfs');
    throw new ExtractionError(
      `${path} has ${bytes} bytes where manifest.json says ${expected.bytes}: ` +
        (pointer
          ? 'it is a Git LFS pointer, not the file; run `git lfs pull`.'
          : 'it is cut short or of another version; fetch it again.'),
    );
  }
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(path)) digest.update(chunk as Buffer);
  const sha256 = digest.digest('hex');
  if (sha256 !== expected.sha256) {
    throw new ExtractionError(
      `${path} has SHA-256 ${sha256} where manifest.json says ${expected.sha256}: ` +
        'it is damaged or of another version; fetch it again.',
    );
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? messageOf(error);
}
