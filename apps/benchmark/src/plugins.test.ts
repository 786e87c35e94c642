import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { combine, scalpel } from './testing/scalpel.ts';

const zod = dirname(fileURLToPath(import.meta.resolve('zod/package.json')));

let folder = '';

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'scalpel-plugin-')));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a file below the temporary folder and returns its path. */
function write(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function npm(cwd: string, ...given: readonly string[]): string {
  return execFileSync('npm', [...given, '--offline', '--no-audit', '--no-fund'], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** The source of a combiner that returns `strength` times the gradient of the most important objective. */
const source = (name: string, id: string) => `
  import { z } from 'zod';
  const options = z.strictObject({ strength: z.number().positive().default(2) });
  export const plugin = {
    name: '${name}',
    combiners: [{
      id: '${id}',
      title: 'The first alone',
      summary: 'Ignores all but the first row.',
      paper: { title: 'On firsts', authors: 'Doe', year: 2024 },
      version: 1,
      options,
      guarantees: ['weighted'],
      create: (given) => {
        const { strength } = options.parse(given);
        return { name: '${id}', needs: 'gramian', combine: ({ gramian }) => ({
          coefficients: Array.from({ length: gramian.size }, (_, row) => (row === 0 ? strength : 0)),
        }) };
      },
    }],
  };
`;

describe('a package that the repository does not contain, packed and installed in another project', () => {
  let project = '';

  beforeAll(() => {
    write(
      'package/package.json',
      JSON.stringify({
        name: 'scalpel-plugin-first',
        version: '1.0.0',
        type: 'module',
        // Without "require", only a resolution for `import` finds it.
        exports: { import: './plugin.js' },
        files: ['plugin.js'],
        peerDependencies: { zod: '^4' },
      }),
    );
    write('package/plugin.js', source('first', 'first'));
    npm(join(folder, 'package'), 'pack', '--pack-destination', folder);
    project = dirname(write('project/package.json', JSON.stringify({ name: 'project', private: true })));
    npm(project, 'install', zod, join(folder, 'scalpel-plugin-first-1.0.0.tgz'));
  });

  const gradients = [
    [1, 2],
    [3, 4],
  ];

  test('combines', async () => {
    const { status, answers } = await combine(
      [
        { id: 'default', combiner: 'first', gradients },
        { id: 'option', combiner: 'first', gradients, options: { strength: 5 } },
        { id: 'ours', combiner: 'sum', gradients },
        { id: 'wrong', combiner: 'first', gradients, options: { strength: -5 } },
      ],
      ['--plugin', 'scalpel-plugin-first'],
      project,
    );
    expect(answers.slice(0, 3)).toEqual([
      { id: 'default', direction: [2, 4], coefficients: [2, 0] },
      { id: 'option', direction: [5, 10], coefficients: [5, 0] },
      { id: 'ours', direction: [4, 6], coefficients: [1, 1] },
    ]);
    expect(answers[3]!.error).toContain('first: option strength: ');
    expect(status).toBe(1);
  });

  test('is listed beside the built-in ones, with its options', async () => {
    const { stdout } = await scalpel(['list', 'combiners', '--json', '--plugin', 'scalpel-plugin-first'], {
      cwd: project,
    });
    const list = JSON.parse(stdout) as { readonly id: string }[];
    expect(list.find(({ id }) => id === 'first')).toEqual({
      id: 'first',
      title: 'The first alone',
      summary: 'Ignores all but the first row.',
      paper: { title: 'On firsts', authors: 'Doe', year: 2024 },
      version: 1,
      guarantees: ['weighted'],
      options: {
        type: 'object',
        properties: { strength: { type: 'number', exclusiveMinimum: 0, default: 2 } },
        additionalProperties: false,
      },
    });
    expect(list.some(({ id }) => id === 'bloop')).toBe(true);
    const text = await scalpel(['list', 'combiners', '--plugin', 'scalpel-plugin-first'], { cwd: project });
    expect(text.stdout).toContain('strength = 2: number');
  });

  test('is not known where it is not named', async () => {
    const { answers } = await combine([{ id: 1, combiner: 'first', gradients }], [], project);
    expect(answers[0]!.error).toContain('There is no combiner "first".');
  });

  test('is not found from a folder where it is not installed, and the message says what to do', async () => {
    const { status, stderr } = await scalpel(['combine', '--plugin', 'scalpel-plugin-first'], {
      cwd: folder,
    });
    expect(stderr).toMatch(/^scalpel: Plugin scalpel-plugin-first cannot be found from /);
    expect(stderr).toContain(folder);
    expect(stderr).toContain('npm install scalpel-plugin-first');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(1);
  });
});

describe('a module given by its path', () => {
  // A plugin without installed packages beside it brings its own schema.
  const plain = (text: string) =>
    `const options = { '~standard': { version: 1, vendor: 'own', validate: (value) => ({ value }) } };\n${text}`;
  const definition = (id: string) =>
    `{ id: '${id}', title: 't', summary: 's', version: 1, options, guarantees: [], create: () => ({ name: '${id}', needs: 'nothing', weights: (rows) => rows.map(() => 7) }) }`;

  const refusal = async (path: string, ...more: string[]) => {
    const { status, stderr } = await scalpel(['combine', '--plugin', path, ...more], { cwd: folder });
    expect(status).toBe(1);
    expect(stderr).not.toContain('    at ');
    return stderr;
  };

  test('may be a default export, and may come with another', async () => {
    write('a.js', plain(`export default { name: 'a', combiners: [${definition('seven')}] };`));
    write('b.js', plain(`export const plugin = { name: 'b', combiners: [${definition('eight')}] };`));
    const { answers } = await combine(
      ['seven', 'eight'].map((combiner) => ({ id: combiner, combiner, gradients: [[1], [2]] })),
      ['--plugin', './a.js', '--plugin=./b.js'],
      folder,
    );
    expect(answers.map(({ direction }) => direction)).toEqual([[21], [21]]);
    const listed = await scalpel(['list', 'combiners', '--json', '--plugin', './a.js'], { cwd: folder });
    expect(JSON.parse(listed.stdout).find(({ id }: { id: string }) => id === 'seven').options).toBeNull();
  });

  test('is refused when an id is taken, naming both plugins', async () => {
    write('taken.js', plain(`export const plugin = { name: 'taken', combiners: [${definition('bloop')}] };`));
    expect(await refusal('./taken.js')).toContain(
      'Plugins "@scalpel/bloop" and "taken" both have a combiner with the id "bloop".',
    );
  });

  test('is refused when it is named twice', async () => {
    write('twice.js', `export const plugin = { name: 'twice' };`);
    expect(await refusal('./twice.js', '--plugin', './twice.js')).toContain('Two plugins are named "twice"');
  });

  test('is refused when it throws while it is imported', async () => {
    write('throws.js', `throw new Error('no licence');`);
    const message = await refusal('./throws.js');
    expect(message).toContain('Plugin ./throws.js (file://');
    expect(message).toContain('failed while it was imported: no licence');
  });

  test('is refused when something that it imports is missing, which is not taken for the plugin itself', async () => {
    write('lacks.js', `import 'scalpel-nothing-of-that-name';`);
    const message = await refusal('./lacks.js');
    expect(message).toContain('failed while it was imported: Cannot find package');
    expect(message).not.toContain('npm install ./lacks.js');
  });

  test.each(['combine', 'run ./never.js', 'list tasks --plugin ./never.js'])(
    'ends scalpel %s with its name when it never comes to its end',
    async (command) => {
      write('never.js', 'await new Promise(() => {});');
      const given = command === 'combine' ? ['combine', '--plugin', './never.js'] : command.split(' ');
      const { status, stdout, stderr } = await scalpel(given, { cwd: folder });
      expect(stderr).toMatch(/^scalpel: ended before its work was done: it waited for (?:plugin|suite) /);
      expect(stderr).toContain('never.js');
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    },
  );

  test('does not pass for done where it ends the process', async () => {
    write('exits.js', 'process.exit();');
    expect(await refusal('./exits.js')).toContain('exits.js');
  });

  test('is refused when its shape is wrong', async () => {
    write(
      'shape.js',
      plain(`export const plugin = { name: 'shape', combiners: [{ ...${definition('x')}, create: 1 }] };`),
    );
    expect(await refusal('./shape.js')).toContain('combiners.0.create must be a function');
  });

  test('is refused when it exports no plugin', async () => {
    write('none.js', `export const combiner = 1;`);
    expect(await refusal('./none.js')).toContain('exports neither "plugin" nor a default');
  });

  test('may print what it likes, and break, while doctor examines its backends', async () => {
    const backend = (id: string, probe: string, start: string) =>
      `{ id: '${id}', title: 't', summary: 's', version: 1, probe: async () => { console.log('{}'); console.error('noise'); ${probe} }, start: async () => { ${start} } }`;
    write(
      'backends.js',
      `export const plugin = { name: 'b', backends: [
        ${backend('breaks', "throw new Error('no driver');", '')},
        ${backend('dies', "return { works: true, detail: 'd' };", 'process.kill(process.pid, 9);')},
        ${backend('hangs', 'await new Promise(() => {});', '')},
      ] };`,
    );
    const { stdout, stderr } = await scalpel(['doctor', '--json', '--plugin', './backends.js'], {
      cwd: folder,
    });
    const found = JSON.parse(stdout).backends as { readonly id: string }[];
    expect(stderr).toBe('');
    expect(found.find(({ id }) => id === 'breaks')).toMatchObject({ works: false, detail: 'no driver' });
    expect(found.find(({ id }) => id === 'dies')).toMatchObject({
      works: false,
      detail: expect.stringContaining('it should work, but does not: '),
    });
    expect(found.find(({ id }) => id === 'hangs')).toMatchObject({
      works: false,
      detail: expect.stringContaining('ended before its work was done'),
    });
  });

  test.each(['./missing.js', '/missing/plugin.ts', '..', 'file:///missing.js'])(
    'is refused when there is no %s: the path is wrong, and there is nothing to install',
    async (path) => {
      const message = await refusal(path);
      expect(message).toContain(`Plugin ${path} cannot be found from ${folder}`);
      expect(message).not.toContain('npm install');
      expect(message).toMatch(
        /\. Check the path, or give the name of a package that is installed in this folder\.$/m,
      );
    },
  );
});
