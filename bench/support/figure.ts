/** One measured figure, as the table shows it. */
export interface Figure {
  readonly name: string;
  readonly ours: string;
  /** What it is held against, measured in the same run. */
  readonly limit: string;
  readonly ratio: number;
  /** `>= 0.20`, `<= 1.3`: what the product promises; null: nothing, it shows where a figure comes from. */
  readonly wanted: string | null;
}

export function rowOf({ name, ours, limit, ratio, wanted }: Figure): string {
  const measured = `${name}: ${ours}; baseline ${limit}; ratio ${ratio.toFixed(2)}`;
  return wanted === null ? `       ${measured}` : `${holds(ratio, wanted) ? 'ok    ' : 'MISSED'} ${measured} (wanted ${wanted})`;
}

function holds(ratio: number, wanted: string): boolean {
  const [sign, bound] = wanted.split(' ');
  return sign === '>=' ? ratio >= Number(bound) : ratio <= Number(bound);
}
