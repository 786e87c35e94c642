/**
 * The lines of a stream of text, as they come, without their ends. Unlike `node:readline`, it ends a line at a line
 * feed alone: JSON text may hold U+2028.
 */
export async function* lines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  // A line may be as long as a matrix is large: joined once, when its end is there.
  let pieces: string[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      yield pieces.join('') + chunk.slice(start, end);
      pieces = [];
      start = end + 1;
    }
    pieces.push(chunk.slice(start));
  }
  const last = pieces.join('');
  if (last !== '') yield last;
}
