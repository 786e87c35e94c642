export { type Codes, changedCode, codeOf, codesOf, rememberCode } from './code.ts';
export {
  type Checked,
  type Environment,
  fromJsonLines,
  type Outcome,
  type Path,
  type RunCost,
  type RunRecord,
  recordProblem,
  specProblem,
  toJsonLines,
} from './record.ts';
