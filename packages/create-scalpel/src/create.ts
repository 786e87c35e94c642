import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/** What a project can begin as, each a folder under `templates`. */
export const TEMPLATES: Readonly<Record<string, string>> = {
  training: 'a script that trains a model on two levels of priority, with its test',
  plugin: 'a package with a combiner and a task, their tests, and a suite that compares them',
};

export const USAGE: string = `Usage: npm create scalpel FOLDER [TEMPLATE]\nTemplates:\n${Object.entries(
  TEMPLATES,
)
  .map(([name, summary]) => `  ${name.padEnd(10)}${summary}`)
  .join('\n')}`;

/** Where the templates and the version are: in the package's folder, above this file. */
const own = join(import.meta.dirname, '..');

/**
 * Makes a project in a folder that does not exist yet or is empty, and gives the lines that say what to do next. Throws an error that says what is wrong,
 * and then nothing is written.
 */
export function create(folder: string, template: string): string {
  if (!Object.hasOwn(TEMPLATES, template)) throw new Error(`There is no template "${template}".\n${USAGE}`);
  const target = resolve(folder);
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new Error(`${target} is not empty. Name a folder that does not exist yet.`);
  const name = basename(target);
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(name))
    throw new Error(
      `"${name}" cannot be the name of a package: use lower-case letters, digits, hyphens, dots and underscores.`,
    );
  const { version } = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8'));
  mkdirSync(target, { recursive: true });
  cpSync(join(own, 'templates', template), target, { recursive: true });
  // npm leaves files of these names out of what it packs, or reads them itself.
  renameSync(join(target, '_gitignore'), join(target, '.gitignore'));
  renameSync(join(target, '_package.json'), join(target, 'package.json'));
  for (const file of readdirSync(target, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath, file.name);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replaceAll('{{name}}', name).replaceAll('{{version}}', version));
  }
  return `Made ${target}.\n\n  cd ${folder}\n  npm install\n  npm test\n`;
}
