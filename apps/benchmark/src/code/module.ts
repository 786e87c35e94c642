import type { ImportDeclaration, Statement as Node, parseSync, StaticExport } from 'oxc-parser';
import { type Executed, executedIn, type Syntax } from './syntax.ts';

/** What a name stands for: that of this module, or of the one at `from`; "*" is all of it. */
export interface Meaning {
  readonly from: string | null;
  readonly name: string;
}

/** A module as far as it is executed. */
export interface Module {
  /** Statements by the names that they declare. */
  readonly declared: ReadonlyMap<string, Executed>;
  /** Statements that declare nothing: they are there for what they do. */
  readonly others: readonly Executed[];
  readonly imports: ReadonlyMap<string, Meaning>;
  readonly exports: ReadonlyMap<string, Meaning>;
  /** Modules of which all is exported again. */
  readonly passedOn: readonly string[];
  /** It is used as a whole: it has no exports with names, as those of CommonJS have none. */
  readonly isWhole: boolean;
}

/** The parser, which whoever bundles the program leaves out. */
export type Parse = typeof parseSync;

/** Takes a module of TypeScript or JavaScript apart. What is neither, such as JSON, is one statement. */
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

/** What an export exports, without the word, and the names that it declares. */
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

/** Names that a statement declares, those within patterns included. */
function namesOf(node: object): string[] {
  const { type, declarations = [node] } = node as { type?: string; declarations?: readonly object[] };
  if (!type?.endsWith('Declaration')) return [];
  return (declarations as readonly Syntax[]).flatMap(({ id }) => [...(executedIn(id)?.mentions ?? [])]);
}

function meaningOf({ moduleRequest, importName, localName }: StaticExport['entries'][number]): Meaning {
  if (moduleRequest !== null) return { from: moduleRequest.value, name: importName.name ?? '*' };
  return { from: null, name: localName.name ?? 'default' };
}
