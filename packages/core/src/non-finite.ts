/** The error for a loss or gradient that is NaN or infinite. The step has changed nothing. */
export class NonFiniteError extends Error {
  readonly step: number;
  readonly objective: string;
  /** The variable of the gradient. Null if the loss itself is not finite. */
  readonly variable: string | null;

  constructor(step: number, objective: string, variable: string | null) {
    const what = variable === null ? 'the loss of' : `the gradient with respect to "${variable}" of`;
    super(
      `Step ${step}: ${what} objective "${objective}" is not finite. Nothing was changed. ` +
        `Look at this batch, lower the learning rate, or pass onNonFinite: 'skip' to leave such steps out.`,
    );
    this.name = 'NonFiniteError';
    this.step = step;
    this.objective = objective;
    this.variable = variable;
  }

  /** The fields together with the message, which JSON would leave out of an Error. */
  toJSON(): Pick<NonFiniteError, 'message' | 'step' | 'objective' | 'variable'> {
    const { message, step, objective, variable } = this;
    return { message, step, objective, variable };
  }
}
