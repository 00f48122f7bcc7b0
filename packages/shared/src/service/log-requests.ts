import type { Logger } from 'pino';
import type { Observation } from '../http/create-app.ts';
import { refusalOf } from '../http/problem.ts';

/** One line per request: `debug` for what went well, `info` for what was refused, `error` for what broke, with the stack.
 *  The route's template, never the target: a query may hold a token. */
export function logRequests(log: Logger, measure: (observation: Observation) => void): (observation: Observation) => void {
  return (observation) => {
    measure(observation);
    const level = observation.status >= 500 ? 'error' : observation.status >= 400 ? 'info' : 'debug';
    if (!log.isLevelEnabled(level)) return;
    const { error, durationMs, ...facts } = observation;
    const line = { ...facts, durationMs: Math.round(durationMs * 100) / 100 };
    if (error === null) return log[level](line, 'answered');
    const refusal = refusalOf(error);
    if (refusal !== null && observation.status < 500) return log[level]({ ...line, code: refusal.code }, 'refused');
    log[level]({ ...line, err: error }, 'failed');
  };
}
