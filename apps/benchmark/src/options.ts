import type { OptionsSchema } from '@scalpel/core';
import { z } from 'zod';

/** A schema of options as JSON Schema. Null if it is not one of zod 4. */
export function optionsSchema(schema: OptionsSchema): Readonly<Record<string, unknown>> | null {
  try {
    const {
      $schema: _,
      '~standard': __,
      ...described
    } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    return described;
  } catch {
    // A plugin may bring another validator with the same methods: its options work, but cannot be described.
    return null;
  }
}

interface Described {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Described[];
  readonly oneOf?: readonly Described[];
  readonly items?: Described;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
}

/** One entry for each option: its name, default and range. */
export function describeOptions(schema: OptionsSchema): readonly string[] {
  return describeProperties(optionsSchema(schema) ?? {});
}

function describeProperties({ properties = {} }: Described): string[] {
  return Object.entries(properties).map(([name, option]) => {
    const standard = option.default === undefined ? '' : ` = ${JSON.stringify(option.default)}`;
    return `${name}${standard}: ${typeOf(option)}`;
  });
}

function typeOf(option: Described): string {
  const choices = option.anyOf ?? option.oneOf;
  if (choices) return [...new Set(choices.map(typeOf))].join(' | ');
  if (option.const !== undefined) return JSON.stringify(option.const);
  if (option.enum) return option.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (option.type === 'array') return option.items ? `list of ${typeOf(option.items)}` : 'list';
  if (option.properties) return `{ ${describeProperties(option).join(', ')} }`;
  return [option.type ?? 'any'].flat().join(' | ') + rangeOf(option);
}

/**
 * A range such as "in (0, 1]" or "> 0", or an empty text. JSON Schema limits every integer to what a double
 * holds; this limit is left out.
 */
function rangeOf({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: Described): string {
  const low = exclusiveMinimum ?? (minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum);
  const high = exclusiveMaximum ?? (maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum);
  const open = { low: exclusiveMinimum !== undefined, high: exclusiveMaximum !== undefined };
  if (low !== undefined && high !== undefined)
    return ` in ${open.low ? '(' : '['}${low}, ${high}${open.high ? ')' : ']'}`;
  if (low !== undefined) return ` ${open.low ? '>' : '>='} ${low}`;
  return high === undefined ? '' : ` ${open.high ? '<' : '<='} ${high}`;
}
