import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

type Environment = Readonly<Record<string, string | undefined>>;

const PACKAGE = join(import.meta.dirname, '../..');
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export const PROVIDERS = ['auto', 'cpu', 'cuda'] as const;

/** A whole number that is written as one: `08`, `1e3` and ` 8 ` are more likely mistakes. */
function wholeNumber(minimum: number, maximum: number) {
  const allowed = `must be a whole number from ${minimum} to ${maximum}`;
  return z
    .string()
    .regex(/^(0|[1-9]\d*)$/, allowed)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, allowed);
}

function fraction() {
  const allowed = 'must be a number from 0 to 1';
  return z
    .string()
    .regex(/^(0|1|[01]?\.\d+)$/, allowed)
    .transform(Number)
    .refine((value) => value <= 1, allowed);
}

/** Comma-separated, white space around the items is no part of them. */
function list(item: z.ZodType<string, string>) {
  return z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(item));
}

const fhirBase = z
  .string()
  .refine(
    (text) => isHttp(text) && !/[?#]/.test(text),
    'must be base URLs such as https://ehr.example/fhir, separated by commas',
  )
  .transform((text) => normaliseBaseUrl(text));

const origin = z
  .string()
  .refine(
    (text) => text === '*' || (isHttp(text) && new URL(text).origin === text),
    'must be origins such as https://ehr.example, separated by commas, or *',
  );

function isHttp(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '';
}

/** A FHIR base URL as it is compared: parsed, without a trailing slash. */
export function normaliseBaseUrl(text: string): string {
  const url = new URL(text);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** Each variable of the environment: what it is for, what it may hold, what stands when it is unset. */
const environmentSchema = z.object({
  /** TCP port to listen on; 0 takes any that is free. */
  VIGILNOTE_PORT: wholeNumber(0, 65_535).default(8080),
  /**
   * Address to listen on. Loopback unless told otherwise: the service is to stand behind a reverse
   * proxy that ends TLS.
   */
  VIGILNOTE_HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, 'must be a host name or an IP address')
    .default('127.0.0.1'),
  /**
   * Where state is kept: a directory for the embedded database, or `memory:` for one that does not
   * outlast the process.
   */
  VIGILNOTE_DATABASE: z.string().default('./data'),
  /** Directory of the model: ONNX graphs, tokenizer vocabulary and manifest. */
  VIGILNOTE_MODEL: z.string().default(join(PACKAGE, 'models/jnrf')),
  /** Directory of a compiled vocabulary; see `vigilnote vocabulary`. */
  VIGILNOTE_VOCABULARY: z.string().default(join(PACKAGE, 'mappings/starter')),
  /** Execution provider of ONNX Runtime; `auto` takes CUDA when it loads, else the CPU. */
  VIGILNOTE_PROVIDER: z
    .enum(PROVIDERS, { error: `must be one of ${PROVIDERS.join(', ')}` })
    .default('auto'),
  /** Worker threads that run the model, each with a session of its own. */
  VIGILNOTE_WORKERS: wholeNumber(1, 64).default(
    Math.max(1, Math.min(4, availableParallelism() - 1)),
  ),
  /**
   * Base URLs of the FHIR servers that may be called, separated by commas. Unset: any when bound to
   * loopback, none otherwise, since a caller names the server.
   */
  VIGILNOTE_FHIR_SERVERS: list(fhirBase).default([]),
  /** Longest wait for one exchange with a FHIR server, milliseconds. */
  VIGILNOTE_FHIR_TIMEOUT_MS: wholeNumber(50, 120_000).default(10_000),
  /**
   * How long a hook call reads notes before it answers with what it has, milliseconds. The
   * specification asks for an answer within 500.
   */
  VIGILNOTE_BUDGET_MS: wholeNumber(0, 60_000).default(400),
  /**
   * `category` of the DocumentReference search, as in US Core; `any` reads documents of every
   * category.
   */
  VIGILNOTE_NOTE_CATEGORY: z
    .string()
    .regex(/^[^\s,&?#]+$/, 'must be a token such as clinical-note, or any')
    .default('clinical-note'),
  /** Confidence from which a finding is shown, 0–1. Unset: the threshold of the model's manifest. */
  VIGILNOTE_THRESHOLD: fraction().optional(),
  /**
   * Origins of browser-based CDS clients, separated by commas; `*` is any. Unset: none. The public
   * sandbox needs `https://sandbox.cds-hooks.org`.
   */
  VIGILNOTE_CORS_ORIGINS: list(origin).default([]),
  /** Largest request body, MiB: prefetched notes with their text need room. */
  VIGILNOTE_BODY_LIMIT_MB: wholeNumber(1, 512).default(32),
  /** Address at which people reach the service, for links in cards; unset: no such links. */
  VIGILNOTE_PUBLIC_URL: z
    .string()
    .refine(isHttp, 'must be an absolute URL such as https://vigilnote.example')
    .optional(),
  /** Lowest level that is logged. No level logs patient data. */
  VIGILNOTE_LOG_LEVEL: z
    .enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` })
    .default('info'),
});

/** Variables of other readers: the token of `vigilnote report`, and the test run's. */
const OF_OTHERS = /^VIGILNOTE_(?:FHIR_TOKEN$|TEST_)/;

export interface Configuration {
  readonly port: number;
  readonly host: string;
  readonly database: string;
  readonly modelDirectory: string;
  readonly vocabularyDirectory: string;
  readonly provider: (typeof PROVIDERS)[number];
  readonly workers: number;
  /** Normalised base URLs; `any` where every server may be called. */
  readonly fhirServers: readonly string[] | 'any';
  readonly fhirTimeoutMs: number;
  readonly budgetMs: number;
  /** Absent: documents of every category. */
  readonly noteCategory?: string;
  readonly threshold?: number;
  readonly corsOrigins: readonly string[];
  readonly bodyLimitMb: number;
  readonly publicUrl?: string;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** Says which variable is wrong, what it holds and what it may hold. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/**
 * @param environment variables by name; empty ones count as unset
 * @throws ConfigurationError naming every variable with a bad value, and every unknown VIGILNOTE_ variable
 */
export function readConfiguration(environment: Environment = process.env): Configuration {
  const ours = Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value]) => name.startsWith('VIGILNOTE_') && value !== undefined && value !== '',
    ),
  );
  const known = Object.keys(environmentSchema.shape);
  const unknown = Object.keys(ours).filter(
    (name) => !known.includes(name) && !OF_OTHERS.test(name),
  );
  const parsed = environmentSchema.safeParse(ours);
  const problems = [
    ...unknown.map((name) => `${name} is no variable of Vigilnote; there are ${known.join(', ')}`),
    ...(parsed.error?.issues.map((issue) => {
      const name = String(issue.path[0]);
      return `${name}=${shown(name, ours[name])}: ${issue.message}`;
    }) ?? []),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigurationError(problems.join('\n'));
  const values = parsed.data;
  const { VIGILNOTE_THRESHOLD: threshold, VIGILNOTE_PUBLIC_URL: publicUrl } = values;
  const servers = values.VIGILNOTE_FHIR_SERVERS;
  return {
    port: values.VIGILNOTE_PORT,
    host: values.VIGILNOTE_HOST,
    database: values.VIGILNOTE_DATABASE,
    modelDirectory: values.VIGILNOTE_MODEL,
    vocabularyDirectory: values.VIGILNOTE_VOCABULARY,
    provider: values.VIGILNOTE_PROVIDER,
    workers: values.VIGILNOTE_WORKERS,
    fhirServers: servers.length === 0 && isLoopback(values.VIGILNOTE_HOST) ? 'any' : servers,
    fhirTimeoutMs: values.VIGILNOTE_FHIR_TIMEOUT_MS,
    budgetMs: values.VIGILNOTE_BUDGET_MS,
    ...(values.VIGILNOTE_NOTE_CATEGORY !== 'any' && {
      noteCategory: values.VIGILNOTE_NOTE_CATEGORY,
    }),
    ...(threshold !== undefined && { threshold }),
    corsOrigins: values.VIGILNOTE_CORS_ORIGINS,
    bodyLimitMb: values.VIGILNOTE_BODY_LIMIT_MB,
    ...(publicUrl !== undefined && { publicUrl }),
    logLevel: values.VIGILNOTE_LOG_LEVEL,
  };
}

/** A database address may hold a password. */
function shown(name: string, value: string | undefined): string {
  return name === 'VIGILNOTE_DATABASE' ? '…' : JSON.stringify(value);
}

/** Whether an address is reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
