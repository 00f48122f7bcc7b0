/** One measured figure, as the table shows it. */
export interface Figure {
  readonly name: string;
  readonly ours: string;
  /** What it is held against, measured in the same run. */
  readonly limit: string;
  readonly ratio: number;
  /** `>= 0.20`, `<= 1.3`: what the product promises. */
  readonly wanted: string;
}

export const holds = ({ ratio, wanted }: Figure): boolean => {
  const [sign, bound] = wanted.split(' ');
  return sign === '>=' ? ratio >= Number(bound) : ratio <= Number(bound);
};
