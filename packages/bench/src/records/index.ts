export { type Codes, changedCode, codeOf, codesOf, rememberCode } from './code.ts';
export {
  type Checked,
  type Curve,
  type Environment,
  fromJsonLines,
  type MeanWeight,
  type Outcome,
  type Path,
  type RunCost,
  type RunRecord,
  recordProblem,
  specProblem,
  toJsonLines,
} from './record.ts';
