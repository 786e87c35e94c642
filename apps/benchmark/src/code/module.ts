import type { ImportDeclaration, Statement as Node, parseSync, StaticExport } from 'oxc-parser';
import { type Executed, executedIn, type Syntax } from './syntax.ts';

/** The target of a name: in this module, or in the one at `from`. The name "*" is the whole module. */
export interface Meaning {
  readonly from: string | null;
  readonly name: string;
}

/** The parts of a module that are executed. */
export interface Module {
  /** Statements by the names that they declare. */
  readonly declared: ReadonlyMap<string, Executed>;
  /** Statements that declare nothing and are there for their effects. */
  readonly others: readonly Executed[];
  readonly imports: ReadonlyMap<string, Meaning>;
  readonly exports: ReadonlyMap<string, Meaning>;
  /** Modules whose exports are all exported again. */
  readonly passedOn: readonly string[];
  /** True if the module counts as a whole, since it has no named exports. This holds for CommonJS. */
  readonly isWhole: boolean;
}

/** The parser. A bundle of the program does not include it. */
export type Parse = typeof parseSync;

/**
 * Splits a module of TypeScript or JavaScript into its statements. Any other file, such as JSON, is one
 * statement.
 */
export function moduleOf(parse: Parse, file: string, source: string): Module {
  const declared = new Map<string, Executed>();
  const others: Executed[] = [];
  const imports = new Map<string, Meaning>();
  const exports = new Map<string, Meaning>();
  const passedOn: string[] = [];
  const { program, errors, module } = parse(file, source);
  if (file.endsWith('.json') || errors.length > 0) {
    others.push({ content: source, mentions: new Set(), loads: [] });
    return { declared, others, imports, exports, passedOn, isWhole: true };
  }
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration') {
      for (const [name, meaning] of importedBy(node)) imports.set(name, meaning);
      const loads = node.specifiers.length === 0 ? [node.source.value] : [];
      if (loads.length > 0) others.push({ content: '', mentions: new Set(), loads });
      continue;
    }
    const { statement, names } = declarationIn(node);
    const executed = executedIn(statement);
    if (executed === undefined) continue;
    for (const name of names) declared.set(name, executed);
    if (names.length === 0) others.push(executed);
  }
  for (const { entries } of module.staticExports) {
    for (const entry of entries.filter(({ isType }) => !isType)) {
      if (entry.exportName.kind === 'None') passedOn.push(entry.moduleRequest!.value);
      else exports.set(entry.exportName.name ?? 'default', meaningOf(entry));
    }
  }
  return { declared, others, imports, exports, passedOn, isWhole: !module.hasModuleSyntax };
}

function importedBy({ specifiers, source, importKind }: ImportDeclaration): [string, Meaning][] {
  if (importKind === 'type') return [];
  return specifiers.flatMap((specifier): [string, Meaning][] => {
    const { type, local } = specifier;
    if (type === 'ImportNamespaceSpecifier') return [[local.name, { from: source.value, name: '*' }]];
    if (type === 'ImportDefaultSpecifier') return [[local.name, { from: source.value, name: 'default' }]];
    const { imported, importKind } = specifier;
    const name = imported.type === 'Literal' ? imported.value : imported.name;
    return importKind === 'type' ? [] : [[local.name, { from: source.value, name }]];
  });
}

/** The statement behind `export`, and the names that it declares. */
function declarationIn(node: Node): { readonly statement: unknown; readonly names: readonly string[] } {
  switch (node.type) {
    case 'ExportAllDeclaration':
      return { statement: undefined, names: [] };
    case 'ExportNamedDeclaration':
      return { statement: node.declaration ?? undefined, names: namesOf(node.declaration ?? {}) };
    case 'ExportDefaultDeclaration':
      return { statement: node.declaration, names: [...namesOf(node.declaration), 'default'] };
    default:
      return { statement: node, names: namesOf(node) };
  }
}

/** The names that a statement declares, also inside patterns. */
function namesOf(node: object): string[] {
  const { type, declarations = [node] } = node as { type?: string; declarations?: readonly object[] };
  if (!type?.endsWith('Declaration')) return [];
  return (declarations as readonly Syntax[]).flatMap(({ id }) => [...(executedIn(id)?.mentions ?? [])]);
}

function meaningOf({ moduleRequest, importName, localName }: StaticExport['entries'][number]): Meaning {
  if (moduleRequest !== null) return { from: moduleRequest.value, name: importName.name ?? '*' };
  return { from: null, name: localName.name ?? 'default' };
}
