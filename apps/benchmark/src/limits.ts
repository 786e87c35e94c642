import type { Limits } from '@scalpel/bench/sweep';
import { UsageError } from './errors.ts';

interface Seconds {
  readonly type: 'string';
  readonly valueHint: string;
  readonly description: string;
}

/** The flags of every command that makes runs. */
export const limitArguments: { readonly 'time-limit': Seconds; readonly 'silence-limit': Seconds } = {
  'time-limit': {
    type: 'string',
    valueHint: 'seconds',
    description: 'The longest that one run may take: then it has failed; default: for ever',
  },
  'silence-limit': {
    type: 'string',
    valueHint: 'seconds',
    description:
      'The longest that a run may go without a further step, or a worker take to start; default: 600',
  },
};

export function parseLimits(given: {
  readonly 'time-limit'?: string | undefined;
  readonly 'silence-limit'?: string | undefined;
}): Limits {
  return {
    time: parseSeconds('time-limit', given['time-limit']),
    silence: parseSeconds('silence-limit', given['silence-limit']),
  };
}

/** The largest limit in seconds. Timers hold at most 31 bits of milliseconds. */
const MOST = 2_000_000;

function parseSeconds(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  if (seconds > 0 && seconds <= MOST) return seconds;
  throw new UsageError(
    `--${flag} is "${text}". Give a number of seconds above 0 and up to ${MOST} (23 days).`,
  );
}
