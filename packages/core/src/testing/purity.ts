import type { Method } from './instrumented.ts';

// Tools that check if a combiner is a pure function of its input.

/** Calls a method twice on frozen input, with the same random numbers. */
export function twice(name: string): (method: Method) => Method {
  return (method) =>
    (...given) => {
      const drawn: number[] = [];
      const first = method(
        ...given.map((value) =>
          withRandom(frozen(value), (random) => {
            const x = random();
            drawn.push(x);
            return x;
          }),
        ),
      );
      let position = 0;
      const second = method(...given.map((value) => withRandom(value, () => drawn[position++] ?? 0.5)));
      checkSame(second, first, `${name}: called twice on the same step`);
      return first;
    };
}

function withRandom(value: object, draw: (random: () => number) => number): object {
  if (!('random' in value)) return value;
  const random = value.random as () => number;
  return { ...value, random: () => draw(random) };
}

/** The value, frozen as deep as its arrays and plain objects go. */
function frozen<Value>(value: Value): Value {
  const plain = Array.isArray(value) || Object.getPrototypeOf(Object(value)) === Object.prototype;
  if (typeof value === 'object' && value !== null && plain && !Object.isFrozen(value)) {
    for (const part of Object.values(Object.freeze(value))) frozen(part);
  }
  return value;
}

export function throughJson(value: object): object {
  if (!('memory' in value) || value.memory === undefined) return value;
  return { ...value, memory: JSON.parse(JSON.stringify(value.memory)) };
}

export function withoutGlobalChance<Value>(work: () => Value): Value {
  const random = Math.random;
  Math.random = () => {
    throw new Error('Math.random was called. Draw from step.random, which can be replayed.');
  };
  try {
    return work();
  } finally {
    Math.random = random;
  }
}

/** Compares plain data bit for bit. JSON holds every digit of a number. */
export function checkSame(actual: unknown, expected: unknown, what: string): void {
  const [given, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (given !== wanted)
    throw new Error(`${what}: another answer, ${short(given)} instead of ${short(wanted)}.`);
}

function short(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
