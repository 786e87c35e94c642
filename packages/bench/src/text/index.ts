// Formatting and parsing of text. Nothing here needs more than the language.
export { escapeMarkdown, escapeXml, markdownCode, visible, visibleLine } from './escape.ts';
export {
  formatBytes,
  formatChange,
  formatDigits,
  formatEstimate,
  formatInterval,
  formatNumber,
  formatProbability,
  formatSeeds,
  formatShare,
} from './format.ts';
export { parseJson } from './json.ts';
export { lengthOf, wrap } from './wrap.ts';
