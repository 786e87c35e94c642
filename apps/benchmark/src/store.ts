/** The flag of every command that reads or writes results. */
export const storeFlag: {
  readonly store: {
    readonly type: 'string';
    readonly default: string;
    readonly valueHint: string;
    readonly description: string;
  };
} = {
  store: {
    type: 'string',
    default: '.scalpel/results.sqlite',
    valueHint: 'file',
    description: 'The SQLite file that holds the results',
  },
};
