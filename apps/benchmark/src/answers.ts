/** The start of a line of standard output that holds an answer. Drivers and plugins may print other lines. */
export const MARK = 'scalpel-answer: ';

/** The answers in the output of a process. Each is one line of JSON. */
export function answersIn(output: string): unknown[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith(MARK))
    .map((line) => JSON.parse(line.slice(MARK.length)));
}
