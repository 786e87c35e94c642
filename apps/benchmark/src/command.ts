import type { ArgsDef, CommandDef } from 'citty';

/** A command whose own arguments nobody else needs to know the types of. */
export type Command = CommandDef & { readonly args: ArgsDef };

/** Infers the types of the arguments inside the definition, and hides them outside. */
export function command<const Args extends ArgsDef>(
  definition: CommandDef<Args> & { readonly args: Args },
): Command {
  return definition as unknown as Command;
}
