import { escapeMarkdown } from '@scalpel/bench/text';
import type { Paper } from '@scalpel/core';

/** A short citation for a terminal: authors, year and arXiv number. */
export function shortCitation({ authors, year, arxiv }: Paper): string {
  return `${authors} ${year}${arxiv === undefined ? '' : `, arXiv\u00a0${arxiv}`}`;
}

/** A citation in Markdown. */
export function citation({ title, authors, year, arxiv }: Paper): string {
  const link = arxiv === undefined ? '' : `, [arXiv ${escapeMarkdown(arxiv)}](${addressOf(arxiv)})`;
  return `${escapeMarkdown(authors)}: *${escapeMarkdown(title)}*, ${escapeMarkdown(String(year))}${link}`;
}

function addressOf(arxiv: string): string {
  return `https://arxiv.org/abs/${arxiv.split('/').map(encodeURIComponent).join('/')}`.replace(/[()]/g, '');
}
