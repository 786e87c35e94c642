import type { GradientRow } from './combiner.ts';

/** The error for a loss or gradient that is NaN or infinite. The step has changed nothing. */
export class NonFiniteError extends Error {
  readonly step: number;
  readonly objective: string;
  /** The position of the example in its batch, if the objective is `perExample`. Otherwise null. */
  readonly example: number | null;
  /**
   * The variable of the gradient, or `features` if it is that at a representation. Null if the loss itself
   * is not finite.
   */
  readonly variable: string | null;

  constructor(step: number, row: Pick<GradientRow, 'objective' | 'example'>, variable: string | null) {
    const { objective, example = null } = row;
    const what = variable === null ? 'the loss of' : `the gradient with respect to "${variable}" of`;
    const where = example === null ? '' : ` for example ${example}`;
    super(
      `Step ${step}: ${what} objective "${objective}"${where} is not finite. Nothing was changed. ` +
        `Look at this batch, lower the learning rate, or pass onNonFinite: 'skip' to leave such steps out.`,
    );
    this.name = 'NonFiniteError';
    this.step = step;
    this.objective = objective;
    this.example = example;
    this.variable = variable;
  }

  /** The fields together with the message, which JSON would leave out of an Error. */
  toJSON(): Pick<NonFiniteError, 'message' | 'step' | 'objective' | 'example' | 'variable'> {
    const { message, step, objective, example, variable } = this;
    return { message, step, objective, example, variable };
  }
}
