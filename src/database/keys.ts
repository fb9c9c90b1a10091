import { createHash } from 'node:crypto';

/** SHA-256 of parts that cannot run into each other, hexadecimal. */
export function sha256Of(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Joins the rows of one patient of one server; see README.md for what it does not do. */
export function patientKey(server: string, patientId: string): string {
  return sha256Of('patient', server, patientId);
}

/** Joins what one user of one server answered. */
export function userKey(server: string, userId: string): string {
  return sha256Of('user', server, userId);
}
