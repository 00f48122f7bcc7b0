import { once } from 'node:events';
import { join } from 'node:path';
import { pino } from 'pino';
import type { DestinationStream, Level, Logger } from 'pino';
import type { RollingFile } from 'pino-roll';
import { folderVariables } from './explain.ts';
import { makeFolder } from './make-folder.ts';

export interface LoggerOptions {
  readonly level: Level | 'silent';
  readonly name: string;
  /** Absent: stdout. Otherwise `<name>.<date>.<n>.log` in this folder, rotated by day and by 20 MB, 14 files kept. */
  readonly dir?: string;
}

const secrets =
  'password currentPassword newPassword passwordHash secret ticket recoveryCodes privateKey apiKey token accessToken refreshToken ' +
  'challengeToken internalKey encryptionKeys authorization Authorization cookie Cookie set-cookie';
const redacted = secrets.split(' ').flatMap((name) => ['', '*', '*.*'].map((prefix) => `${prefix}["${name}"]`));

/** JSON lines with `time`, `level`, `name`; secrets are cut out down to the third level, however they got there. */
export const createLogger = async (options: LoggerOptions): Promise<Logger> => loggerTo(await openLogDestination(options), options);

/** The security log: whatever the level of the other log is, it tells everything, unless all is to be silent. */
export const createSecurityLogger = async (options: LoggerOptions): Promise<Logger> =>
  securityLoggerTo(await openLogDestination(options), options);

/** Where the lines of a log go, several loggers' where a program has several threads: a file that is rotated has one writer. */
export async function openLogDestination({ name, dir }: Pick<LoggerOptions, 'name' | 'dir'>): Promise<DestinationStream> {
  // Written at once: what is kept back until the exit is tried for ever when nobody reads it any more, and the process never ends.
  return surviving(dir === undefined ? pino.destination({ fd: 1, sync: true }) : await openFile(dir, name), name);
}

/** A log that can't be written any more, for its disk is full, ends nobody: that is said once, and what was kept back is written when there is
 *  room again. */
function surviving(destination: RollingFile, name: string): DestinationStream {
  let told = false;
  destination.on('error', ({ message }: Error) => {
    if (!told) process.stderr.write(`${name}: the log can not be written: ${message}\n`);
    told = true;
  });
  destination.on('drain', () => void (told = false));
  return destination;
}

export const loggerTo = (destination: DestinationStream, { level, name }: Pick<LoggerOptions, 'level' | 'name'>): Logger =>
  pino({ level, name, redact: { paths: redacted, censor: '[redacted]' }, timestamp: pino.stdTimeFunctions.isoTime }, destination);

export const securityLoggerTo = (destination: DestinationStream, { level, name }: Pick<LoggerOptions, 'level' | 'name'>): Logger =>
  loggerTo(destination, { level: level === 'silent' ? level : 'info', name }).child({ stream: 'security' });

/** Characters that wait for the disk; what comes on top is lost. */
const keptBackMax = 16 * 1024 * 1024;

/** What pino-roll takes in no path, beside the colon of a drive. */
function refuseUnfit(dir: string): void {
  const unfit = /[<>"|?*:]/.exec(dir.replace(/^[A-Za-z]:/, ''));
  if (unfit)
    throw new Error(`${dir} can not hold logs, for there is a ${unfit[0]} in its name; choose another folder with ${folderVariables}`);
}

/** Rejects where the file can't be opened. */
async function openFile(dir: string, name: string): Promise<RollingFile> {
  refuseUnfit(dir);
  await makeFolder(dir);
  // a tenth of a service's memory, where logs go to a folder at all
  const { default: openRollingFile } = await import('pino-roll');
  const file = await openRollingFile({
    file: join(dir, name),
    extension: '.log',
    frequency: 'daily',
    dateFormat: 'yyyy-MM-dd',
    size: '20m',
    limit: { count: 14, removeOtherLogFiles: true },
    maxLength: keptBackMax,
    // who did what from where is for the operator, and for a group that may collect it
    mode: 0o640,
  });
  await once(file, 'ready');
  return file;
}
