/** How the lines of many processes are shown on one console. */
interface LineFormat {
  /** The longest name there is. */
  readonly width: number;
  readonly coloured: boolean;
}

const hues = [36, 32, 35, 34, 33, 96, 92, 95, 94];
const levels: Readonly<Record<number, readonly [word: string, hue: number]>> = {
  10: ['trace', 90],
  20: ['debug', 90],
  30: ['info', 0],
  40: ['warn', 33],
  50: ['error', 31],
  60: ['fatal', 31],
};
const known = new Set(['level', 'time', 'pid', 'hostname', 'name', 'service', 'msg', 'err']);

/** One line of a process as a person reads it: its name in its colour, and of a log entry time, level, message, then the rest. */
export function showLine({ width, coloured }: LineFormat, at: number, name: string, line: string): string {
  const paint = (hue: number, text: string): string => (coloured && hue !== 0 ? `\u001b[${hue}m${text}\u001b[0m` : text);
  const prefix = paint(hues[at % hues.length]!, `${name.padEnd(width)} |`);
  const entry = entryOf(line);
  if (entry === null) return `${prefix} ${line}`;
  const [word, hue] = levels[entry.level] ?? ['', 0];
  const rest = Object.entries(entry.fields).map(
    ([field, value]) => `${field}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [prefix, entry.time, paint(hue, word.padEnd(5)), entry.message, ...rest].filter((part) => part !== '').join(' ');
}

interface Entry {
  readonly level: number;
  readonly time: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}
/** null: a line that is no log entry. */
function entryOf(line: string): Entry | null {
  if (!line.startsWith('{')) return null;
  try {
    const parsed = JSON.parse(line) as Record<string, unknown>;
    const { level, time, msg, err } = parsed;
    if (typeof level !== 'number' && typeof level !== 'string') return null;
    const why = typeof err === 'object' && err !== null && 'message' in err ? { why: err.message } : {};
    const fields = Object.fromEntries(Object.entries(parsed).filter(([field]) => !known.has(field)));
    return { level: Number(level), time: textOf(time).slice(11, 23), message: textOf(msg), fields: { ...fields, ...why } };
  } catch {
    return null;
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
