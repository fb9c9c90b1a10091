import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** The shipped model. */
export const MODEL = new URL('../../../models/jnrf/', import.meta.url);
/** A model of tables: see fixtures/make-tiny-model.py. */
export const TINY_MODEL = new URL('./fixtures/tiny-model/', import.meta.url);

export function hasGolden(name: string): boolean {
  return existsSync(new URL(`goldens/${name}.json.gz`, MODEL));
}

/** One golden file of the Python side; its form is described in models/jnrf/goldens/README.md. */
export function readGolden<T>(name: string): T {
  return readGzip(new URL(`goldens/${name}.json.gz`, MODEL)) as T;
}

export function readGzip(file: URL): unknown {
  return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8'));
}

/** Little-endian float32 values in base64. */
export function floats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  );
}
