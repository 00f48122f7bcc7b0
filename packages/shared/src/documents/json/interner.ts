/** Shorter ones are shared by the engine's JSON parser already; longer ones seldom repeat. */
const LENGTH_MIN = 11;
const LENGTH_MAX = 64;
const KEPT_MAX = 20_000;
const TRIAL = 2_000;

interface Column {
  readonly name: string;
  seen: number;
  repeated: number;
  readonly known: Map<string, string>;
  /** The last one, for what is alike mostly follows each other. */
  last: string;
  givenUp: boolean;
}

/** Lets documents share equal strings (owners, categories, instants of a batch): at a million documents that is hundreds of megabytes.
 *  A field whose strings hardly repeat is soon left alone. */
export class Interner {
  readonly #columns = new Map<string, Column>();
  /** By the position of the field in a document: the next one mostly has the same fields in the same order. */
  readonly #expected: Column[] = [];

  /** Replaces strings of the top level by equal ones seen before. */
  share(doc: Record<string, unknown>): void {
    let position = -1;
    for (const name in doc) {
      position++;
      const value = doc[name];
      if (typeof value !== 'string' || value.length < LENGTH_MIN || value.length > LENGTH_MAX) continue;
      let column = this.#expected[position];
      if (column?.name !== name) this.#expected[position] = column = this.#columnOf(name);
      const known = column.givenUp ? undefined : knownIn(column, value);
      if (known !== undefined) doc[name] = known;
    }
  }
  #columnOf(name: string): Column {
    let column = this.#columns.get(name);
    if (!column) this.#columns.set(name, (column = { name, seen: 0, repeated: 0, known: new Map(), last: '', givenUp: false }));
    return column;
  }
}

/** The equal one seen before, if there was one; otherwise this one is it from now on. */
function knownIn(column: Column, value: string): string | undefined {
  column.seen++;
  const known = value === column.last ? column.last : column.known.get(value);
  if (known !== undefined) {
    column.repeated++;
    column.last = known;
    return known;
  }
  column.last = value;
  if (column.known.size >= KEPT_MAX) column.known.clear();
  column.known.set(value, value);
  if (column.seen >= TRIAL && column.repeated * 4 < column.seen) {
    column.givenUp = true;
    column.known.clear();
  }
  return undefined;
}
