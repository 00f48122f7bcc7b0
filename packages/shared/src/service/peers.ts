/** Calls other services' `/internal/*` with a 60 s token signed with `INTERNAL_KEY`, audience the callee. Rejects with `PeerUnavailable`. */
export interface Peers {
  get<T>(service: ServiceName, path: string, options?: PeerOptions): Promise<T>;
  post<T>(service: ServiceName, path: string, body: unknown, options?: PeerOptions): Promise<T>;
}
export interface PeerOptions {
  readonly requestId?: string;
  /** Default 5,000. */
  readonly timeoutMs?: number;
}
/** Who calls: a service, or the operators' command line. */
export type PeerName = ServiceName | 'ops';
/** In the order in which they depend on each other. */
export const servicesBehindGateway = ['auth', 'records', 'budgets', 'notifications'] as const;
export type ServiceBehindGateway = (typeof servicesBehindGateway)[number];
export type ServiceName = 'gateway' | ServiceBehindGateway;

export class PeerUnavailable extends Error {
  override readonly name = 'PeerUnavailable';
}
/** The peer does not believe who calls, and so has said nothing about what was asked. */
export class PeerDistrusts extends PeerUnavailable {
  constructor(service: string) {
    super(`${service} does not take this INTERNAL_KEY: it is of another system, or the clocks are apart`);
  }
}
/** The peer answered with a refusal (4xx) of what was asked. */
export class PeerRefused extends Error {
  override readonly name = 'PeerRefused';
  readonly status: number;
  readonly problem: unknown;
  constructor(service: string, status: number, problem: unknown) {
    super(`${service} answered ${status}`);
    this.status = status;
    this.problem = problem;
  }
}
