/**
 * Characters that a person does not see and a terminal, a page or a picture obeys or refuses: control characters other than the line feed, those that turn the direction of
 * text or end its line, and halves of pairs.
 */
const HIDDEN: RegExp = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/gu;

/**
 * Text for a terminal: what somebody wrote, a plugin or a database, is shown and never obeyed. A hidden character becomes its escape in JSON, as \u001b, so
 * that JSON stays what it says; line feeds stay.
 */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The same where one line is all that there is room for: the cell of a table, a message in a list of them. */
export function visibleLine(text: string): string {
  return visible(text.replace(/\s*[\r\n]\s*/g, ' '));
}

/** Text for between tags or within a quoted attribute, in HTML and SVG. */
export function escapeXml(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Text that Markdown leaves alone, on one line. */
export function escapeMarkdown(text: string): string {
  return visible(text.replace(/\s+/g, ' '))
    .replace(/[\\`*_[\]<>|#&~$]/g, '\\$&')
    .replace(/^ *(?=[-+=](?:[-=\s]|$))/, '\\')
    .replace(/^( *\d+)(?=[.)](?:\s|$))/, '$1\\');
}

/** Code in a line of Markdown, whatever marks it holds itself. */
export function markdownCode(text: string): string {
  const code = visibleLine(text);
  const longest = Math.max(0, ...(code.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return `${fence}${pad}${code}${pad}${fence}`;
}
