/** Wraps text into lines of at most `width` letters, between words if possible. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => {
    const lines = [''];
    for (const word of line.split(' ').flatMap((word) => cut(word, width))) {
      const last = lines.at(-1)!;
      if (last === '') lines[lines.length - 1] = word;
      else if (lengthOf(last) + 1 + lengthOf(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
    }
    return lines;
  });
}

function cut(word: string, width: number): string[] {
  const letters = [...word];
  return Array.from({ length: Math.max(1, Math.ceil(letters.length / width)) }, (_, part) =>
    letters.slice(part * width, (part + 1) * width).join(''),
  );
}

/** The length in letters, some of which are two characters. */
export function lengthOf(text: string): number {
  return [...text].length;
}
