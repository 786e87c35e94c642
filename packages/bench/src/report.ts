// Plots, and pages that hold them.
export {
  type Curve,
  type Look,
  looksOf,
  renderCriticalDifferenceSvg,
  renderCurvesSvg,
  renderFrontsSvg,
  renderHeatMapSvg,
  renderMixedLossSvg,
  renderPriceSvg,
  renderTrajectoriesSvg,
} from './plots/index.ts';
export { renderHtml } from './report/index.ts';
