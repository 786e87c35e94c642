export { renderCriticalDifferenceSvg } from './critical-difference.ts';
export { type Curve, renderCurvesSvg } from './curves.ts';
export { renderFrontsSvg } from './fronts.ts';
export { captionOf, renderHeatMapSvg } from './heat-map.ts';
export { type Look, looksOf } from './looks.ts';
export { renderMixedLossSvg } from './mixed-loss.ts';
export { renderPriceSvg } from './price.ts';
export { renderTrajectoriesSvg } from './trajectories.ts';
