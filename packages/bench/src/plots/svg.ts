import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Side } from '../leaderboard/index.ts';
import { hashOf } from '../plan/index.ts';
import { escapeXml, formatNumber, visible } from '../text/index.ts';

/** Makes a picture that can be a file or a part of a page. Its ids follow from its content. */
export function standaloneSvg(picture: {
  readonly title: string;
  readonly owner: unknown;
  readonly width: number;
  readonly height: number;
  readonly parts: readonly string[];
}): string {
  const { title, owner, width, height, parts } = picture;
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    ' role="img" class="fronts" color="#1f2328" font-family="system-ui, sans-serif">',
    `<title>${escapeXml(title)}</title>`,
    // As an image in a page, the picture follows the reader's colour scheme.
    '<style>@media (prefers-color-scheme: dark) { .fronts { color: #e6edf3 } }</style>',
    ...parts,
    '</svg>\n',
  ].join('\n');
  // Plot leaves the labels as they are, so hidden characters are made visible here.
  return visible(withOwnIds(svg, owner));
}

/** Plot numbers its ids over the life of the process. Here they follow from the owner alone. */
function withOwnIds(svg: string, owner: unknown): string {
  const given = [...new Set(svg.match(/plot-clip-\d+/g) ?? [])];
  return svg.replaceAll(/plot-clip-\d+/g, (id) => `clip-${ownId(owner)}-${given.indexOf(id) + 1}`);
}

/** The suffix of a picture's ids, which lets one page hold several pictures. */
export function ownId(owner: unknown): string {
  return hashOf(owner).slice(0, 8);
}

export function scaleOf({ scale, domain }: Side): Plot.ScaleOptions {
  const common = { type: scale, domain: [...domain], labelArrow: 'none' } as const;
  if (scale === 'linear') return { ...common, ticks: 6, tickFormat: formatNumber };
  // Digits within a decade have room only if there are few decades.
  const decades = Math.log10(domain[1] / domain[0]);
  return { ...common, tickFormat: '~g', ...(decades > 2 && { ticks: Math.ceil(decades) }) };
}

/** Draws with Plot into a document that needs no browser. */
export function svgOf(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<html><body></body></html>');
  return (Plot.plot({ ...options, document }) as { readonly outerHTML: string }).outerHTML;
}

export function shifted(x: number, y: number, svg: string): string {
  return `<g transform="translate(${x}, ${y})">${svg}</g>`;
}

/** The grid of a plane, and its frame. */
export function grid(): Plot.Markish[] {
  return [
    Plot.gridX({ strokeOpacity: 0.1 }),
    Plot.gridY({ strokeOpacity: 0.1 }),
    Plot.frame({ strokeOpacity: 0.3 }),
  ];
}

/** The heading above a plane. */
export function heading(words: string): Plot.Markish {
  return Plot.text([words], {
    text: (text: string) => text,
    frameAnchor: 'top',
    dy: -24,
    fontSize: 13,
    fontWeight: 600,
  });
}
