/*
 * Packs the packages, installs them with npm in a project outside of the repository, and uses them there as their users do:
 *
 *   node tools/packed/check.mjs [PART…]      parts: lint, node, types, cli, vitest, jest, plugin, create, page, size
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { checkPage } from './page.mjs';
import { measureBundle } from './size.mjs';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'scalpel-packed-'));
const project = join(folder, 'project');

/** Node's versions, oldest first: the first that `require` ES modules, and the newest of each line. */
const NODES = ['20.19.0', '22', '24', '26'];

function run(command, args, { cwd = project, env = {} } = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    // The Node that runs this file comes first, as it does for users who have one Node.
    env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}`, ...env },
    maxBuffer: 1e9,
  });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`);
  return stdout;
}

const folders = ['packages', 'apps'].flatMap((parent) =>
  readdirSync(join(root, parent)).map((name) => join(root, parent, name)),
);
const packages = folders.flatMap((folder) => {
  const metadata = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return metadata.private ? [] : [{ ...metadata, folder }];
});

function pack() {
  const archives = join(folder, 'archives');
  for (const { folder } of packages)
    run('npx', ['-y', 'pnpm@12.21.0', 'pack', '--pack-destination', archives], { cwd: folder });
  return readdirSync(archives).map((name) => join(archives, name));
}

function install(archives) {
  cpSync(join(import.meta.dirname, 'project'), project, { recursive: true });
  run('npm', ['install', '--no-audit', '--no-fund', '--silent', ...archives]);
}

/** The addresses to import, but for the one that wants Vitest around it. */
function doors() {
  return packages.flatMap(({ name, publishConfig }) =>
    Object.keys(publishConfig.exports ?? {})
      .filter((door) => door !== './testing')
      .map((door) => name + door.slice(1)),
  );
}

const PROGRAMS = ['create-scalpel', 'scalpel-cli'];

const parts = {
  lint(archives) {
    for (const archive of archives) {
      run('npx', ['publint', '--strict', archive]);
      // Programs have nothing to import, and so no types.
      if (!PROGRAMS.some((name) => basename(archive).startsWith(name)))
        run('npx', ['attw', '--profile', 'esm-only', archive]);
    }
    return `${archives.length} archives: publint and attw find nothing`;
  },
  node() {
    const lines = NODES.flatMap((version) => {
      const node = ['-y', `node@${version}`];
      return ['node.mjs', 'require.cjs'].map((file) => run('npx', [...node, file, ...doors()]).trim());
    });
    return lines.join('\n');
  },
  types() {
    const lines = [];
    for (const typescript of ['typescript', 'typescript-7'])
      for (const [module, resolution] of [
        ['nodenext', 'nodenext'],
        ['esnext', 'bundler'],
      ]) {
        const options = { strict: true, noEmit: true, target: 'es2022', lib: ['es2022', 'dom'], types: [] };
        const compilerOptions = { ...options, module, moduleResolution: resolution };
        writeFileSync(
          join(project, 'types/tsconfig.json'),
          JSON.stringify({ compilerOptions, include: ['.'] }),
        );
        const bin = join('node_modules', typescript, 'bin/tsc');
        const { stdout, stderr, error } = spawnSync(process.execPath, [bin, '-p', 'types'], {
          cwd: project,
          encoding: 'utf8',
        });
        if (error || stderr) throw error ?? new Error(stderr);
        // The declarations of TensorFlow.js 4.22, and of what it depends on, have errors of their own.
        const errors = stdout.split('\n').filter((line) => /^(?!node_modules\/(?!@scalpel\/))\S/.test(line));
        if (errors.length > 0) throw new Error(`${typescript}, ${resolution}:\n${errors.join('\n')}`);
        lines.push(`${typescript}, ${resolution}: no errors`);
      }
    return lines.join('\n');
  },
  cli() {
    const suite = ['-y', 'node@24', 'node_modules/.bin/scalpel'];
    const lines = [
      run('npx', [...suite, 'run', './suite.ts', '--workers', '2']),
      run('npx', [...suite, 'leaderboard', './suite.ts']),
    ];
    if (!/Bloop/.test(lines[1])) throw new Error(`The leaderboard names no method:\n${lines[1]}`);
    const { status, stderr } = spawnSync(
      'npx',
      ['-y', `node@${NODES[0]}`, 'node_modules/.bin/scalpel', 'run', './suite.ts'],
      { cwd: project, encoding: 'utf8' },
    );
    if (status !== 1 || !stderr.includes('needs Node 22.18'))
      throw new Error(`On Node ${NODES[0]}: ${status}, ${stderr}`);
    return `${lines[0].trim().split('\n').at(-1)}; an older Node is told which one it needs`;
  },
  vitest: () => lastLines(run('npx', ['vitest', 'run', 'vitest'])),
  jest: () => {
    run('npx', ['jest', '--rootDir', 'jest'], { env: { NODE_OPTIONS: '--experimental-vm-modules' } });
    return 'Jest: passed';
  },
  plugin: () => lastLines(run('npx', ['vitest', 'run', 'plugin'])),
  create(archives) {
    const lines = ['training', 'plugin'].map((template) => {
      const cwd = join(folder, `own-${template}`);
      run('npx', ['create-scalpel', cwd, template]);
      run('npm', ['install', '--no-audit', '--no-fund', '--silent', ...archives], { cwd });
      run('npm', ['test'], { cwd });
      const [script, said] = { training: ['start', 'fit: from'], plugin: ['compare', 'Equal lengths'] }[
        template
      ];
      const printed = run('npm', ['run', script], { cwd });
      if (!printed.includes(said)) throw new Error(`npm run ${script} printed no "${said}":\n${printed}`);
      return `npm create scalpel own-${template} ${template}: its tests pass, and npm run ${script} does what it says`;
    });
    return lines.join('\n');
  },
  page: () => checkPage(project, run),
  size: () => measureBundle(project, run),
};

function lastLines(text) {
  return text
    .split('\n')
    .filter((line) => /Tests|Test Files/.test(line))
    .join('\n');
}

const asked = process.argv.slice(2);
for (const name of asked)
  if (!(name in parts))
    throw new Error(`There is no part "${name}". Parts: ${Object.keys(parts).join(', ')}.`);
try {
  const archives = pack();
  install(archives);
  for (const [name, part] of Object.entries(parts))
    if (asked.length === 0 || asked.includes(name)) console.log(`# ${name}\n${await part(archives)}`);
} finally {
  if (process.env.KEEP) console.log(`Kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}
