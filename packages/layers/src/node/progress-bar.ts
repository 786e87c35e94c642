import { Callback, type Logs } from '@tensorflow/tfjs-layers';

/** The output for the bar: `process.stderr` or anything with these members. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const WIDTH = 20;
/** The shortest time between two updates; a person sees no more in a second. */
const MILLISECONDS = 100;
/** Moves to the start of the line and erases what is behind. */
const ANEW = '\r\u001b[K';

/**
 * Shows the progress of an epoch with the logs of the last batch, and one line for each finished epoch. As in
 * tfjs-node, `verbose: 0` turns it off. It is also off if the output is no terminal.
 */
export function progressBar(terminal: Terminal = process.stderr): Callback {
  return new ProgressBar(terminal);
}

class ProgressBar extends Callback {
  readonly #terminal: Terminal;
  #epoch = 0;
  #steps = 0;
  #began = 0;
  #shown = 0;

  constructor(terminal: Terminal) {
    super();
    this.#terminal = terminal;
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    this.#epoch = epoch;
    this.#steps = 0;
    this.#began = Date.now();
    this.#shown = 0;
  }

  override async onBatchEnd(_: number, logs?: unknown): Promise<void> {
    this.#steps++;
    const now = Date.now();
    if (!this.#isOn || now - this.#shown < MILLISECONDS) return;
    this.#shown = now;
    const steps = this.params.steps as number | null;
    const left = steps && ((now - this.#began) / this.#steps) * (steps - this.#steps);
    const parts = [
      this.#title,
      steps ? barOf(this.#steps / steps) : '',
      `${this.#steps}${steps ? `/${steps}` : ' steps'}`,
      left === null ? '' : `${secondsOf(left)} left`,
      valuesOf(logs as Logs),
    ];
    this.#write(parts.filter((part) => part !== '').join(' '));
  }

  override async onEpochEnd(_: number, logs?: unknown): Promise<void> {
    if (!this.#isOn) return;
    const time = Date.now() - this.#began;
    const each = this.#steps === 0 ? '' : `, ${(time / this.#steps).toFixed(1)} ms a step`;
    this.#write(`${this.#title}: ${secondsOf(time)}${each} ${valuesOf(logs as Logs)}`);
    this.#terminal.write('\n');
  }

  get #isOn(): boolean {
    return this.#terminal.isTTY === true && this.params.verbose !== 0;
  }

  get #title(): string {
    return `epoch ${this.#epoch + 1} of ${this.params.epochs}`;
  }

  #write(line: string): void {
    this.#terminal.write(ANEW + line.slice(0, (this.#terminal.columns ?? 80) - 1));
  }
}

function barOf(share: number): string {
  const full = Math.round(WIDTH * Math.min(1, share));
  return `[${'='.repeat(full)}${' '.repeat(WIDTH - full)}]`;
}

function valuesOf(logs: Logs): string {
  const values = Object.entries(logs).filter(([name]) => name !== 'batch' && name !== 'size');
  return values.map(([name, value]) => `${name} ${value.toPrecision(4)}`).join(' ');
}

function secondsOf(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
