import type { Migration } from 'kysely/migration';
import * as findingsAndFeedback from './0001-findings-and-feedback.ts';

/** Every migration by its name; they run in the order of their names, each once. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-findings-and-feedback': findingsAndFeedback,
};
