import { alikeIn, type MeanRanks } from '../statistics/index.ts';
import { escapeXml, formatDigits } from '../text/index.ts';
import type { Look } from './looks.ts';
import { standaloneSvg } from './svg.ts';

const WIDTH = 760;
/** The width for labels on each side of the axis. */
const SIDE = 170;
const AXIS = 62;
const BAR = 9;
const ROW = 20;

/**
 * The critical-difference diagram of Demšar (JMLR 2006) as a standalone SVG. Methods stand at their mean
 * ranks, the best on the left. A broad line joins methods that do not differ.
 */
export function renderCriticalDifferenceSvg(ranks: MeanRanks, looks: ReadonlyMap<string, Look>): string {
  const { methods, problems, criticalDifference } = ranks;
  const count = methods.length;
  // Rounded to a tenth of a pixel.
  const x = (rank: number) => Math.round(10 * (SIDE + ((rank - 1) / (count - 1)) * (WIDTH - 2 * SIDE))) / 10;
  const places = new Map(methods.map(({ label, rank }) => [label, x(rank)]));
  const alike = alikeIn(ranks);
  const left = Math.ceil(count / 2);
  const top = AXIS + 14 + alike.length * BAR + ROW / 2;
  const ruler = Math.min(criticalDifference, count - 1);

  const ticks = methods.map((_, index) => {
    const at = x(index + 1);
    return `${line(at, AXIS - 6, at, AXIS, '')}${text(at, AXIS - 10, String(index + 1), 'middle', 11)}`;
  });
  const bars = alike.map((labels, index) => {
    const y = AXIS + 10 + index * BAR;
    const [from, to] = [places.get(labels[0]!)!, places.get(labels.at(-1)!)!];
    return line(from - 3, y, to + 3, y, 'stroke-width="4" stroke-linecap="round" stroke-opacity="0.55"');
  });
  const leaders = methods.map(({ label, rank }, index) => {
    const isLeft = index < left;
    // The outermost labels come first on both sides, so that no line crosses another.
    const y = top + ROW * (isLeft ? index : count - 1 - index);
    const end = isLeft ? SIDE - 16 : WIDTH - SIDE + 16;
    const at = x(rank);
    const { colour } = looks.get(label)!;
    const words = `${label}  ${formatDigits(rank, 3)}`;
    return [
      `<path d="M${at},${AXIS}V${y}H${end}" fill="none" stroke="${colour}" stroke-width="1.3"><title>${escapeXml(words)}</title></path>`,
      `<circle cx="${at}" cy="${AXIS}" r="3.2" fill="${colour}"/>`,
      text(end + (isLeft ? -6 : 6), y + 4, words, isLeft ? 'end' : 'start', 12),
    ].join('');
  });
  const name = `critical difference ${formatDigits(criticalDifference, 3)}${criticalDifference > ruler ? ', more than the axis is long' : ''}`;
  return standaloneSvg({
    title: `Mean ranks over ${problems.length} problems, with the critical difference`,
    owner: { problems, methods: methods.map(({ label }) => label) },
    width: WIDTH,
    height: top + ROW * left,
    parts: [
      line(x(1), 16, x(1 + ruler), 16, 'stroke-width="2"'),
      line(x(1), 11, x(1), 21, ''),
      line(x(1 + ruler), 11, x(1 + ruler), 21, ''),
      text((x(1) + x(1 + ruler)) / 2, 31, name, 'middle', 11),
      line(x(1), AXIS, x(count), AXIS, ''),
      ...ticks,
      ...leaders,
      ...bars,
    ],
  });
}

function line(x1: number, y1: number, x2: number, y2: number, look: string): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="currentColor" ${look}/>`;
}

function text(x: number, y: number, words: string, anchor: string, size: number): string {
  return `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="currentColor" xml:space="preserve">${escapeXml(words)}</text>`;
}
