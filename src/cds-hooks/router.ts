import express, {
  type ErrorRequestHandler,
  type Request,
  type Response,
  type Router,
} from 'express';
import { z } from 'zod';
import { type CdsResponse, responseSchema } from './card.ts';
import type { HookName } from './context.ts';
import { badRequest, CdsHooksError } from './error.ts';
import { type CardFeedback, feedbackSchema } from './feedback.ts';
import { checkTemplate } from './prefetch-template.ts';
import { type CdsRequest, requestSchema } from './request.ts';
import { discoverySchema, type ServiceDefinition } from './service.ts';
import { withoutEmpty } from './without-empty.ts';

/** A service: what discovery says of it, and what it answers. */
export interface CdsService<Hook extends HookName = HookName> {
  readonly definition: ServiceDefinition & { readonly hook: Hook };
  /**
   * @param request already checked against the hook's schema
   * @param options.signal aborted when the client goes away
   * @throws CdsHooksError for an answer other than 200
   */
  call(request: CdsRequest<Hook>, options: { readonly signal: AbortSignal }): Promise<CdsResponse>;
}

export interface CdsHooksRouterOptions {
  /** The same id may stand under several hooks. https://cds-hooks.hl7.org/2.0/#update-stale-guidance */
  readonly services: readonly CdsService[];
  /** Stores what users did with cards; repeats and late arrivals are to be expected. */
  onFeedback(serviceId: string, feedback: readonly CardFeedback[]): Promise<void>;
  /** Told of what became a 500, whose answer holds no details. */
  onError?(error: unknown, response: Response): void;
  /** Largest body, inflated: `10mb` unless given. Prefetched notes with their text need room. */
  readonly bodyLimit?: string;
}

/**
 * Discovery, invocation and feedback under `/cds-services`, to be mounted at the base URL.
 * Every error is an OperationOutcome (application/fhir+json), as 3.0 has it.
 *
 * @throws Error when a definition is not as the specification has it
 */
export function createCdsHooksRouter(options: CdsHooksRouterOptions): Router {
  const discovery = discoverySchema.parse(
    withoutEmpty({ services: options.services.map(({ definition }) => definition) }),
  );
  const services = indexServices(options.services);
  const router = express.Router();
  const json = [
    requireJson,
    express.json({
      limit: options.bodyLimit ?? '10mb',
      strict: false,
      type: ['application/json', 'application/*+json'],
    }),
  ];

  // https://cds-hooks.hl7.org/2.0/#discovery
  router.get('/cds-services', (_request, response) => {
    response.json(discovery);
  });

  // https://cds-hooks.hl7.org/2.0/#calling-a-cds-service
  router.post('/cds-services/:id', json, async (request: Request, response: Response) => {
    const byHook = servicesOf(services, request);
    const { service, body } = parseRequest(byHook, request.body);
    response.locals.hook = service.definition.hook;
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    const answer = await service.call(body, { signal: gone.signal });
    // Cards quote a patient's notes: no cache may keep them.
    response.set('Cache-Control', 'no-store');
    response.json(responseSchema.parse(withoutEmpty(answer)));
  });

  // https://cds-hooks.hl7.org/2.0/#feedback
  router.post('/cds-services/:id/feedback', json, async (request: Request, response: Response) => {
    servicesOf(services, request);
    const parsed = feedbackSchema.safeParse(request.body);
    if (!parsed.success) throw badRequest(parsed.error);
    await options.onFeedback(String(request.params.id), parsed.data.feedback);
    response.status(200).json({});
  });

  router.all('/cds-services', (_request, response) => refuseMethod(response, 'GET'));
  router.all('/cds-services/:id', (_request, response) => refuseMethod(response, 'POST'));
  router.all('/cds-services/:id/feedback', (_request, response) => refuseMethod(response, 'POST'));

  router.use(answerError(options.onError));
  return router;
}

type ServicesByHook = ReadonlyMap<string, CdsService>;

/** Keyed on (id, hook). */
function indexServices(services: readonly CdsService[]): ReadonlyMap<string, ServicesByHook> {
  const byId = new Map<string, Map<string, CdsService>>();
  for (const service of services) {
    const { id, hook, prefetch = {} } = service.definition;
    for (const [key, template] of Object.entries(prefetch)) checkTemplate(hook, key, template);
    const byHook = byId.get(id) ?? new Map<string, CdsService>();
    if (byHook.has(hook)) throw new Error(`two services with the id ${id} on the hook ${hook}`);
    byId.set(id, byHook.set(hook, service));
  }
  return byId;
}

function servicesOf(
  services: ReadonlyMap<string, ServicesByHook>,
  request: Request,
): ServicesByHook {
  const found = services.get(String(request.params.id));
  if (found) return found;
  throw new CdsHooksError(404, [
    { code: 'not-found', diagnostics: 'no such service; GET /cds-services lists those there are' },
  ]);
}

function parseRequest(
  services: ServicesByHook,
  body: unknown,
): { service: CdsService; body: CdsRequest } {
  const hooks = [...services.keys()];
  const named = z.object({ hook: z.string() }).safeParse(body).data?.hook;
  const service = named === undefined ? undefined : services.get(named);
  if (named !== undefined && !service) {
    throw new CdsHooksError(400, [
      {
        code: 'value',
        expression: 'hook',
        diagnostics: `is not a hook of this service; it answers ${hooks.join(', ')}`,
      },
    ]);
  }
  // Without a hook the whole list of what is wrong is still owed: checked as the first one's.
  const schemaHook = (service ?? [...services.values()][0])?.definition.hook as HookName;
  const parsed = requestSchema(schemaHook).safeParse(body);
  if (!parsed.success) throw badRequest(parsed.error);
  return { service: service as CdsService, body: parsed.data as CdsRequest };
}

/** 415 for another media type; 400 for no body at all. */
function requireJson(request: Request, _response: Response, next: () => void): void {
  const type = request.is(['application/json', 'application/*+json']);
  if (type === null || request.get('Content-Length') === '0') {
    throw new CdsHooksError(400, [{ code: 'required', diagnostics: 'a JSON body is required' }]);
  }
  if (type === false) {
    throw new CdsHooksError(415, [
      { code: 'not-supported', diagnostics: 'Content-Type must be application/json' },
    ]);
  }
  next();
}

function refuseMethod(response: Response, allowed: string): never {
  response.set('Allow', allowed === 'GET' ? 'GET, HEAD' : allowed);
  throw new CdsHooksError(405, [
    { code: 'not-supported', diagnostics: `this address answers ${allowed} only` },
  ]);
}

function answerError(onError: CdsHooksRouterOptions['onError']): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent || !/^\/cds-services(\/|$)/.test(request.path)) return next(error);
    const known = error instanceof CdsHooksError ? error : fromBodyParser(error);
    if (!known) onError?.(error, response);
    const answer =
      known ??
      new CdsHooksError(500, [
        {
          code: 'exception',
          diagnostics: 'the service failed; whoever runs it finds the reason in its log',
        },
      ]);
    response
      .status(answer.status)
      .set('Cache-Control', 'no-store')
      .type('application/fhir+json')
      .send(JSON.stringify(answer.toOperationOutcome()));
  };
}

/** Errors of express.json() by type; their messages quote the body and are not passed on. */
const BODY_ERRORS: Readonly<Record<string, CdsHooksError>> = {
  'entity.parse.failed': new CdsHooksError(400, [
    { code: 'structure', diagnostics: 'the body is not well-formed JSON' },
  ]),
  'entity.too.large': new CdsHooksError(413, [
    {
      code: 'too-long',
      diagnostics: 'the body is too large: leave documents out of prefetch and pass fhirServer',
    },
  ]),
  'charset.unsupported': new CdsHooksError(415, [
    { code: 'not-supported', diagnostics: 'the charset must be UTF-8' },
  ]),
  'encoding.unsupported': new CdsHooksError(415, [
    {
      code: 'not-supported',
      diagnostics: 'Content-Encoding must be identity, gzip, deflate or br',
    },
  ]),
};
const UNREADABLE = new CdsHooksError(400, [
  { code: 'structure', diagnostics: 'the request could not be read' },
]);

function fromBodyParser(error: unknown): CdsHooksError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { type, status } = error as Error & { type?: unknown; status?: unknown };
  const known = typeof type === 'string' ? BODY_ERRORS[type] : undefined;
  if (known) return known;
  return typeof status === 'number' && status >= 400 && status < 500 ? UNREADABLE : undefined;
}
