import type { Logger } from 'pino';
import type { Observation } from '../http/create-app.ts';
import { refusalOf } from '../http/problem.ts';

/** One line per request: `debug` for what went well, `info` for what was refused or given up by the client, `warn` for what was not
 *  available, `error` for what broke, with the stack. The route's template, never the target: a query may hold a token.
 *  Own lines and not pino-http's: those were measured to add some 20 us to a request that costs 90.
 *  @param isToldElsewhere whether another log has it, so that it is `debug` here whatever has become of it */
export function logRequests(
  log: Logger,
  measure: (observation: Observation) => void,
  isToldElsewhere: (observation: Observation) => boolean = () => false,
): (observation: Observation) => void {
  return (observation) => {
    measure(observation);
    const level = isToldElsewhere(observation) ? 'debug' : levelOf(observation);
    if (!log.isLevelEnabled(level)) return;
    const { error, durationMs, ...facts } = observation;
    const line = { ...facts, durationMs: Math.round(durationMs * 100) / 100 };
    if (error === null) return log[level](line, 'answered');
    const refusal = refusalOf(error);
    if (refusal === null) return log[level]({ ...line, err: error }, 'failed');
    const why = level === 'warn' && error instanceof Error ? { why: error.message } : {};
    log[level]({ ...line, code: refusal.code, ...why }, 'refused');
  };
}

function levelOf({ status, error }: Observation): 'debug' | 'info' | 'warn' | 'error' {
  if (status === 503) return 'warn';
  const broken = error !== null && refusalOf(error) === null && !gaveUp(error);
  if (broken || status >= 500) return 'error';
  return status >= 400 || error !== null ? 'info' : 'debug';
}

/** The client went away, in its own request or in our answer. */
const gaveUp = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'RequestAborted' || ('code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'));
