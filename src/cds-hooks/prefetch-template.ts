import { CONTEXT_SCHEMAS, type HookName } from './context.ts';

/** https://cds-hooks.hl7.org/2.0/#prefetch-tokens: besides the context, the user by kind. */
const USER_TOKENS: Readonly<Record<string, string>> = {
  userPractitionerId: 'Practitioner',
  userPractitionerRoleId: 'PractitionerRole',
  userPatientId: 'Patient',
  userRelatedPersonId: 'RelatedPerson',
};

const TOKEN = /\{\{(.*?)\}\}/g;
const TODAY = /^today\(\)(?:\s*([+-])\s*(\d{1,5})\s+days?)?$/;
const CONTEXT_FIELD = /^context\.([A-Za-z][A-Za-z0-9]*)$/;

export type ResolvedTemplate =
  | { readonly query: string }
  /** A token has no value in this call: the query cannot be made, which is no error. */
  | { readonly missing: string };

/**
 * The query that a prefetch template stands for in one call.
 * https://cds-hooks.hl7.org/2.0/#prefetch-tokens; `today()` is of 3.0.
 *
 * @param context the request's context; only root-level primitives are eligible
 * @param now for `{{today() - 90 days}}`, in UTC
 */
export function resolveTemplate(
  template: string,
  context: Readonly<Record<string, unknown>>,
  now: Date = new Date(),
): ResolvedTemplate {
  let missing: string | undefined;
  const query = template.replace(TOKEN, (_whole, inner: string) => {
    const token = inner.trim();
    const value = tokenValue(token, context, now);
    if (value === undefined) missing ??= token;
    return encodeURIComponent(value ?? '');
  });
  return missing === undefined ? { query } : { missing };
}

function tokenValue(
  token: string,
  context: Readonly<Record<string, unknown>>,
  now: Date,
): string | undefined {
  const userType = USER_TOKENS[token];
  if (userType !== undefined) {
    const [type, id] = String(context.userId ?? '').split('/');
    return type === userType && id ? id : undefined;
  }
  const today = TODAY.exec(token);
  if (today) {
    const days = Number(today[2] ?? 0) * (today[1] === '-' ? -1 : 1);
    return new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 10);
  }
  const field = CONTEXT_FIELD.exec(token)?.[1];
  if (field === undefined || !Object.hasOwn(context, field)) return undefined;
  const value = context[field];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/**
 * @throws Error naming the token that a template of this hook must not hold, so that a service is
 * refused when it is registered and not when it is called
 */
export function checkTemplate(hook: HookName, key: string, template: string): void {
  const fields = Object.entries(CONTEXT_SCHEMAS[hook].shape)
    // selections and draftOrders are no primitives.
    .filter(([, schema]) => !['array', 'object'].includes(schema.def.type))
    .map(([name]) => `context.${name}`);
  const allowed = new Set([...fields, ...Object.keys(USER_TOKENS)]);
  for (const [, inner = ''] of template.matchAll(TOKEN)) {
    const token = inner.trim();
    if (!allowed.has(token) && !TODAY.test(token)) {
      throw new Error(
        `prefetch template ${key} of ${hook}: {{${token}}} is no token; allowed are ${[...allowed].join(', ')}`,
      );
    }
  }
  if (/\{\{|\}\}/.test(template.replaceAll(TOKEN, ''))) {
    throw new Error(`prefetch template ${key} of ${hook}: a {{ without its }}, or the reverse`);
  }
}
