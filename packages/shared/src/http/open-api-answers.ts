import { z } from 'zod';
import type { ZodOpenApiResponsesObject } from 'zod-openapi';
import type { DocumentedAnswer, Endpoint } from './endpoint.ts';
import { answerHeaders, isRevalidated } from './open-api-headers.ts';
import { problemContentType, problemOf } from './problem.ts';
import { Refusal, refusalCodes, toldErrorsMax } from './refusal.ts';
import type { RefusalCode } from './refusal.ts';

const ProblemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    requestId: z.string(),
    errors: z
      .array(z.strictObject({ path: z.string(), code: z.string(), message: z.string() }))
      .max(toldErrorsMax)
      .optional()
      .meta({ description: `What is wrong, place by place; of more than ${toldErrorsMax} the first` }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457: why a request was refused. `type` is a page that explains the code.' });

/** What an endpoint may be refused with: its own codes and those that follow from what it takes. */
function documentedRefusals(endpoint: Endpoint): (readonly [code: RefusalCode, status: number])[] {
  const body = endpoint.body !== undefined || endpoint.method === 'post';
  const scoped = typeof endpoint.admission === 'object';
  const implied: [boolean, RefusalCode][] = [
    [true, 'validation-failed'],
    [endpoint.admission !== 'open', 'unauthenticated'],
    [scoped || endpoint.admission === 'session', 'insufficient-scope'],
    [endpoint.path.includes(':'), 'not-found'],
    [endpoint.conditional === true, 'version-mismatch'],
    [body, 'too-large'],
    [body, 'unsupported-media-type'],
    [endpoint.idempotent === true, 'idempotency-key-reused'],
    [true, 'rate-limited'],
    [true, 'internal-error'],
    [true, 'service-unavailable'],
    [true, 'gateway-timeout'],
  ];
  const codes = [...(endpoint.refusals ?? []), ...implied.flatMap(([applies, code]) => (applies ? [code] : []))];
  return codes.map((told) => (typeof told === 'string' ? [told, refusalCodes[told][0]] : told));
}

/** Every answer of an endpoint: those it declares and its refusals, each with an example. */
export function answersOf(endpoint: Endpoint): ZodOpenApiResponsesObject {
  const answers: ZodOpenApiResponsesObject = {};
  for (const [status, answer] of Object.entries(endpoint.answers)) {
    answers[status as '200'] = { description: answer.description, headers: answerHeaders(endpoint, Number(status)), ...contentOf(answer) };
  }
  if (isRevalidated(endpoint)) answers['304'] = { description: 'It has not changed', headers: answerHeaders(endpoint, 304) };
  const refusals = Map.groupBy(documentedRefusals(endpoint), ([, status]) => status);
  for (const [status, told] of [...refusals].toSorted(([a], [b]) => a - b)) {
    const codes = [...new Set(told.map(([code]) => code))];
    const problems = codes.map((code) => `\`${code}\`: ${refusalCodes[code][1]}`).join('. ');
    const declared = endpoint.answers[status];
    answers[String(status) as '400'] = {
      description: declared ? `${declared.description} ${problems}` : problems,
      headers: answerHeaders(endpoint, status),
      content: {
        ...(declared && contentOf(declared).content),
        [problemContentType]: {
          schema: ProblemSchema,
          examples: Object.fromEntries(codes.map((code) => [code, exampleFor(code, status)])),
        },
      },
    };
  }
  return answers;
}

function contentOf(answer: DocumentedAnswer): { content?: Record<string, { schema: z.ZodType; example?: unknown }> } {
  if (!answer.schema) return {};
  const example = answer.example === undefined ? {} : { example: answer.example };
  return { content: { [answer.contentType ?? 'application/json']: { schema: answer.schema, ...example } } };
}

function exampleFor(code: RefusalCode, status: number): { value: unknown } {
  const errors = code === 'validation-failed' ? { errors: [{ path: '/limit', code: 'limit-out-of-range', message: 'From 1 to 200' }] } : {};
  return { value: problemOf(new Refusal(code, refusalCodes[code][1], { status, ...errors }), 'checkout-42') };
}
