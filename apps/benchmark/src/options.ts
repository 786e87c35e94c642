import { z } from 'zod';

/** A schema of options as JSON Schema, or null if it is not one of zod 4's. */
export function optionsSchema(schema: z.ZodType): Readonly<Record<string, unknown>> | null {
  try {
    const {
      $schema: _,
      '~standard': __,
      ...described
    } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    return described;
  } catch {
    // A plugin may bring another validator with the same face: its options work, but cannot be described.
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
  readonly default?: unknown;
}

/** One line per option: its name, its default and what it may be. */
export function describeOptions(schema: z.ZodType): string {
  const properties = (optionsSchema(schema)?.properties ?? {}) as Readonly<Record<string, Described>>;
  return Object.entries(properties)
    .map(([name, option]) => {
      const standard = option.default === undefined ? '' : ` = ${JSON.stringify(option.default)}`;
      return `${name}${standard}: ${typeOf(option)}`;
    })
    .join('\n');
}

function typeOf(option: Described): string {
  const choices = option.anyOf ?? option.oneOf;
  if (choices) return [...new Set(choices.map(typeOf))].join(' | ');
  if (option.const !== undefined) return JSON.stringify(option.const);
  if (option.enum) return option.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (option.type === 'array') return option.items ? `list of ${typeOf(option.items)}` : 'list';
  return [option.type ?? 'any'].flat().join(' | ');
}
