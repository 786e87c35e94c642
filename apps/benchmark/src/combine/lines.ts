/** A line of text, or the start of one that is too long to be held. */
export interface Line {
  readonly text: string;
  readonly isWhole: boolean;
}

/** Characters that a line may have: half of what a string can hold. */
export const LONGEST: number = 2 ** 28;

/** How much of a longer line is kept, to tell which one it was. */
const START = 1000;

/**
 * The lines of a stream of text, as they come, without their ends. Unlike `node:readline`, it ends a line at a line feed alone: JSON text may hold U+2028; and it holds
 * no more of a line than `longest` characters.
 */
export async function* lines(chunks: AsyncIterable<string>, longest: number = LONGEST): AsyncGenerator<Line> {
  // A line may be as long as a matrix is large: joined once, when its end is there.
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
