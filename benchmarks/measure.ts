/** True for a quick run at small sizes that only checks the answers. */
export const isShort: boolean = process.argv.includes('--short');

/** Runs once and returns the milliseconds of the timed part. */
export type Contestant = () => number | Promise<number>;

/**
 * Milliseconds of each contestant in each round. All take turns, so that a slow moment of the machine slows
 * all of them. A first round warms up and does not count.
 */
export async function byTurns<Name extends string>(
  rounds: number,
  contestants: Readonly<Record<Name, Contestant>>,
): Promise<Record<Name, number[]>> {
  const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []])) as unknown as Record<
    Name,
    number[]
  >;
  for (let round = 0; round <= rounds; round++) {
    for (const name of Object.keys(contestants) as Name[]) {
      const time = await contestants[name]();
      if (round > 0) times[name].push(time);
    }
  }
  return times;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/** The median, over the rounds, of the time of `other` divided by the time of `own`. */
export function ratio(other: readonly number[], own: readonly number[]): number {
  return median(other.map((time, round) => time / own[round]!));
}

/** A Markdown table that is also readable as text. Columns of numbers are aligned to the right. */
export function table(names: readonly string[], contents: readonly (readonly string[])[]): string {
  const [head, ...rows] = [names, ...contents].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const columns = head!.map((title, column) => {
    const cells = rows.map((row) => row[column]!);
    return {
      isNumeric: cells.every((cell) => /^\d|^$/.test(cell)) && cells.some((cell) => cell !== ''),
      width: Math.max(4, ...[title, ...cells].map((cell) => cell.length)),
    };
  });
  const line = (cells: readonly string[]) => {
    const padded = columns.map(({ isNumeric, width }, column) =>
      isNumeric ? cells[column]!.padStart(width) : cells[column]!.padEnd(width),
    );
    return `| ${padded.join(' | ')} |`;
  };
  const rule = columns.map(({ isNumeric, width }) =>
    isNumeric ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [line(head!), line(rule), ...rows.map(line)].join('\n');
}

/** Three significant digits, without an exponent. */
export function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
