/** A line of text, or the beginning of one that is too long. */
export interface Line {
  readonly text: string;
  readonly isWhole: boolean;
}

/** The largest number of characters in a line: half of what a string can hold. */
export const LONGEST: number = 2 ** 28;

/** The number of characters that are kept of a longer line, to identify it. */
const START = 1000;

/**
 * The lines of a stream of text, without their line feeds. Unlike in `node:readline`, only a line feed ends a
 * line, since JSON text may hold U+2028. At most `longest` characters of a line are kept in memory.
 */
export async function* lines(chunks: AsyncIterable<string>, longest: number = LONGEST): AsyncGenerator<Line> {
  // A line may hold a large matrix, so its pieces are joined only once, at its end.
  let pieces: string[] = [];
  let length = 0;
  const add = (piece: string) => {
    const before = length;
    length += piece.length;
    if (length <= longest) pieces.push(piece);
    else if (before <= longest) pieces = [(pieces.join('') + piece).slice(0, START)];
  };
  const take = (): Line => {
    const line = { text: pieces.join(''), isWhole: length <= longest };
    pieces = [];
    length = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      add(chunk.slice(start, end));
      yield take();
      start = end + 1;
    }
    add(chunk.slice(start));
  }
  if (length > 0) yield take();
}
