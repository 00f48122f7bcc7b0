/** The closed list of what a request can be refused for, with the status and title of each (RFC 9457).
 *  A service that needs a new one adds a line here; `/problems/<code>` serves a page for each. */
export const refusalCodes = {
  'validation-failed': [400, 'The request is not valid'],
  'token-invalid': [400, 'The token is not valid'],
  unauthenticated: [401, 'Sign in first'],
  'invalid-credentials': [401, 'Wrong address or password'],
  'invalid-code': [401, 'Wrong code'],
  'challenge-invalid': [401, 'The login is over'],
  'refresh-token-reused': [401, 'The refresh token was used before'],
  'email-not-verified': [403, 'The address is not verified yet'],
  'account-disabled': [403, 'The account is disabled'],
  'insufficient-scope': [403, 'The key lacks the scope'],
  forbidden: [403, 'Not allowed'],
  'feature-disabled': [403, 'This feature is switched off'],
  'origin-not-allowed': [403, 'The origin is not allowed'],
  'not-found': [404, 'Not found'],
  'method-not-allowed': [405, 'Method not allowed'],
  conflict: [409, 'Conflict'],
  'two-factor-enabled': [409, 'Two-factor login is on already'],
  'two-factor-disabled': [409, 'Two-factor login is not on'],
  'last-admin': [409, 'There must be an administrator'],
  'idempotency-key-in-flight': [409, 'The first request with this key is still running'],
  'import-not-revertible': [409, 'The import can not be taken back'],
  'version-mismatch': [412, 'It was changed in the meantime'],
  'too-large': [413, 'Too large'],
  'unsupported-media-type': [415, 'Unsupported media type'],
  'idempotency-key-reused': [422, 'The key was used for another request'],
  'unreadable-file': [422, 'The file can not be read'],
  'upgrade-required': [426, 'Upgrade required'],
  'rate-limited': [429, 'Too many requests'],
  'internal-error': [500, 'Something went wrong'],
  'service-unavailable': [503, 'Not available right now'],
  'gateway-timeout': [504, 'The service did not answer in time'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type RefusalCode = keyof typeof refusalCodes;

/** One thing that is wrong with the input; `path` is a JSON pointer into the body, or the parameter's name as `/name`. */
export interface FieldError {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** So many faults of one request are told: all that a body has room for would be an answer of many times its size. */
export const toldErrorsMax = 100;

export interface RefusalOptions {
  /** 401s share a status but some contracts need another one for the same code (a wrong code with a bearer token is 403). */
  readonly status?: number;
  /** Only the first `toldErrorsMax` count. */
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Who was refused, where that is before they were let in. */
  readonly userId?: string;
}

/** An expected refusal: thrown by use cases, answered as problem+json. Anything else thrown is a 500 without detail. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly status: number;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** For logs. */
  readonly userId: string | null;
  constructor(code: RefusalCode, detail: string, options: RefusalOptions = {}) {
    super(detail);
    this.code = code;
    this.status = options.status ?? refusalCodes[code][0];
    this.errors = options.errors?.slice(0, toldErrorsMax);
    this.headers = options.headers ?? {};
    this.userId = options.userId ?? null;
  }
}

/** 400 `validation-failed` for one field. */
export const invalid = (path: string, code: string, message: string): Refusal =>
  new Refusal('validation-failed', message, { errors: [{ path, code, message }] });
