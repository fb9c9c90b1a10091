import type { z } from 'zod';

/** https://hl7.org/fhir/R4/valueset-issue-type.html, as far as it is used here. */
export type IssueCode =
  | 'structure'
  | 'required'
  | 'value'
  | 'invariant'
  | 'not-found'
  | 'not-supported'
  | 'too-long'
  | 'incomplete'
  | 'transient'
  | 'timeout'
  | 'login'
  | 'forbidden'
  | 'throttled'
  | 'exception';

export interface CdsHooksIssue {
  readonly code: IssueCode;
  /** What was wrong and what to do. Never a value out of the request: it may be a patient's. */
  readonly diagnostics: string;
  /** Where, as a path into the body: `context.patientId`. */
  readonly expression?: string;
}

/** https://hl7.org/fhir/R4/operationoutcome.html, as far as it is used here. */
export interface OperationOutcomeBody {
  readonly resourceType: 'OperationOutcome';
  readonly issue: readonly {
    readonly severity: 'error';
    readonly code: IssueCode;
    readonly diagnostics: string;
    readonly expression?: readonly string[];
  }[];
}

/** An answer other than 200: its status, and what an OperationOutcome tells the client. */
export class CdsHooksError extends Error {
  override readonly name = 'CdsHooksError';
  readonly status: number;
  readonly issues: readonly CdsHooksIssue[];

  /** @param status HTTP status, 4xx or 5xx */
  constructor(status: number, issues: readonly CdsHooksIssue[], options?: ErrorOptions) {
    super(issues.map(describe).join('; '), options);
    this.status = status;
    this.issues = issues;
  }

  toOperationOutcome(): OperationOutcomeBody {
    return {
      resourceType: 'OperationOutcome',
      issue: this.issues.map(({ code, diagnostics, expression }) => ({
        severity: 'error',
        code,
        diagnostics,
        ...(expression && { expression: [expression] }),
      })),
    };
  }
}

function describe(issue: CdsHooksIssue): string {
  return issue.expression ? `${issue.expression}: ${issue.diagnostics}` : issue.diagnostics;
}

/** 412: data that the service cannot do without are neither prefetched nor to be had. https://cds-hooks.hl7.org/2.0/#prefetch-template */
export function preconditionFailed(
  issues: readonly CdsHooksIssue[],
  cause?: unknown,
): CdsHooksError {
  return new CdsHooksError(412, issues, cause === undefined ? {} : { cause });
}

/** 400 with an issue for each field that is not as the specification has it. */
export function badRequest(error: z.ZodError): CdsHooksError {
  return new CdsHooksError(
    400,
    error.issues.flatMap((issue) => toIssues(issue)),
  );
}

function toIssues(issue: z.core.$ZodIssue): CdsHooksIssue[] {
  const expression = pathOf(issue.path);
  const missing = issue.code === 'invalid_type' && /received undefined$/.test(issue.message);
  const code: IssueCode = missing
    ? 'required'
    : issue.code === 'custom'
      ? 'invariant'
      : issue.code === 'invalid_type'
        ? 'structure'
        : 'value';
  return [
    {
      code,
      diagnostics: missing ? 'is required' : messageOf(issue),
      ...(expression && { expression }),
    },
  ];
}

/** Types by the names that JSON has for them. */
const JSON_TYPES: Readonly<Record<string, string>> = {
  record: 'an object',
  object: 'an object',
  array: 'a list',
  string: 'a string',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_type'
    ? `must be ${JSON_TYPES[issue.expected] ?? issue.expected}`
    : issue.message;
}

/** `['context', 'draftOrders', 'entry', 0]` → `context.draftOrders.entry[0]`. */
function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`,
    )
    .join('');
}
