/**
 * Characters that a person does not see, but that a terminal, page or picture obeys or refuses: control
 * characters except the line feed, characters that change the direction of text or end its line, and halves
 * of surrogate pairs.
 */
const HIDDEN: RegExp = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/gu;

/**
 * Makes text from a plugin or database safe for a terminal. A hidden character becomes its escape in JSON,
 * such as \u001b, so JSON keeps its meaning. Line feeds stay.
 */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The same for places with room for only one line, such as the cell of a table or a message in a list. */
export function visibleLine(text: string): string {
  return visible(text.replace(/\s*[\r\n]\s*/g, ' '));
}

/** Escapes text for use between tags or within a quoted attribute, in HTML and SVG. */
export function escapeXml(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Escapes text so that Markdown leaves it as it is, on one line. */
export function escapeMarkdown(text: string): string {
  return visible(text.replace(/\s+/g, ' '))
    .replace(/[\\`*_[\]<>|#&~$]/g, '\\$&')
    .replace(/^ *(?=[-+=](?:[-=\s]|$))/, '\\')
    .replace(/^( *\d+)(?=[.)](?:\s|$))/, '$1\\');
}

/** Formats code in a line of Markdown, even if it has backticks itself. */
export function markdownCode(text: string): string {
  const code = visibleLine(text);
  const longest = Math.max(0, ...(code.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return `${fence}${pad}${code}${pad}${fence}`;
}
