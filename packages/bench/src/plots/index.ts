export { renderCriticalDifferenceSvg } from './critical-difference.ts';
export { type Curve, renderCurvesSvg } from './curves.ts';
export { type Look, looksOf, renderFrontsSvg } from './fronts.ts';
export { captionOf, renderHeatMapSvg } from './heat-map.ts';
export { renderMixedLossSvg } from './mixed-loss.ts';
export { renderTrajectoriesSvg } from './trajectories.ts';
