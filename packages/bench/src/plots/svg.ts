import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Side } from '../leaderboard/index.ts';
import { hashOf } from '../plan/index.ts';
import { escapeXml, formatNumber, visible } from '../text/index.ts';

/** A picture that is a file of its own, or a part of a page. What it is of makes its ids its own. */
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
    // As an image in a page it follows the reader's own setting.
    '<style>@media (prefers-color-scheme: dark) { .fronts { color: #e6edf3 } }</style>',
    ...parts,
    '</svg>\n',
  ].join('\n');
  // What Plot has drawn holds the words of others as they are.
  return visible(withOwnIds(svg, owner));
}

/** Plot counts the ids that it gives through the life of the process: here they follow from the owner alone. */
function withOwnIds(svg: string, owner: unknown): string {
  const given = [...new Set(svg.match(/plot-clip-\d+/g) ?? [])];
  return svg.replaceAll(/plot-clip-\d+/g, (id) => `clip-${ownId(owner)}-${given.indexOf(id) + 1}`);
}

/** What ids of a picture end in, so that a page may hold several. */
export function ownId(owner: unknown): string {
  return hashOf(owner).slice(0, 8);
}

export function scaleOf({ scale, domain }: Side): Plot.ScaleOptions {
  const common = { type: scale, domain: [...domain], labelArrow: 'none' } as const;
  if (scale === 'linear') return { ...common, ticks: 6, tickFormat: formatNumber };
  // The digits within a decade have room only where there are few decades.
  const decades = Math.log10(domain[1] / domain[0]);
  return { ...common, tickFormat: '~g', ...(decades > 2 && { ticks: Math.ceil(decades) }) };
}

/** Plot draws into whatever document it is given: here one without a browser. */
export function svgOf(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<html><body></body></html>');
  return (Plot.plot({ ...options, document }) as { readonly outerHTML: string }).outerHTML;
}

export function shifted(x: number, y: number, svg: string): string {
  return `<g transform="translate(${x}, ${y})">${svg}</g>`;
}

/** Lines across a plane, and its frame. */
export function grid(): Plot.Markish[] {
  return [
    Plot.gridX({ strokeOpacity: 0.1 }),
    Plot.gridY({ strokeOpacity: 0.1 }),
    Plot.frame({ strokeOpacity: 0.3 }),
  ];
}

/** Above a plane. */
export function heading(words: string): Plot.Markish {
  return Plot.text([words], {
    text: (text: string) => text,
    frameAnchor: 'top',
    dy: -24,
    fontSize: 13,
    fontWeight: 600,
  });
}
