import type { OptionsSchema } from '@scalpel/core';
import type { StandardJSONSchemaV1 } from '@standard-schema/spec';
import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';

/** A schema of options as JSON Schema. Null if its library offers none. */
export function optionsSchema(schema: OptionsSchema): Readonly<Record<string, unknown>> | null {
  try {
    const { $schema: _, ...described } = jsonSchemaOf(schema);
    return described;
  } catch {
    // A plugin may bring any library: its options work, but cannot be described.
    return null;
  }
}

const TARGET = { target: 'draft-2020-12' } as const;

function jsonSchemaOf(schema: OptionsSchema): Readonly<Record<string, unknown>> {
  // What JSON Schema cannot express is left out, and does not hide the rest.
  if (schema['~standard'].vendor === 'valibot') {
    return {
      ...toJsonSchema(schema as v.GenericSchema, { ...TARGET, typeMode: 'input', errorMode: 'ignore' }),
    };
  }
  const { jsonSchema } = schema['~standard'] as Partial<StandardJSONSchemaV1.Props>;
  return jsonSchema!.input({ ...TARGET, libraryOptions: { unrepresentable: 'any' } });
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
