/** Begins a line of standard output that is an answer of our own: drivers and plugins may print there too. */
export const MARK = 'scalpel-answer: ';

/** What a process answered, in JSON, a line each. */
export function answersIn(output: string): unknown[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith(MARK))
    .map((line) => JSON.parse(line.slice(MARK.length)));
}
