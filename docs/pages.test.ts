import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

// What holds for every page that is written by hand.

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const namesIn = (folder: string, end: string) =>
  readdirSync(join(root, folder)).filter((name) => name.endsWith(end));

/** Pages that a command writes, from what the code says of itself. */
const GENERATED = ['combiners.md'];
const WIDTH = 110;

const inDocs = [...namesIn('docs', '.md'), ...namesIn('docs/guide', '.md').map((name) => `guide/${name}`)];
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...inDocs.filter((name) => !GENERATED.includes(name)).map((name) => `docs/${name}`),
];
const filesIn = (folder: string, end: string) =>
  namesIn(folder, end).map((name) => read(`${folder}/${name}`));
/** Where code on a page has to be, so that something runs it: tests, or `pnpm packed` what a bundler has to build. */
const run: Readonly<Record<string, readonly string[]>> = {
  ts: filesIn('docs/examples', '.ts'),
  js: filesIn('tools/packed/project/page', '.js'),
};

test.each(pages)('%s shows code that is run as an example', (page) => {
  for (const [, language, code] of read(page).matchAll(/```(ts|js)\n([\s\S]*?)```/g)) {
    expect(
      run[language!]!.some((file) => file.includes(code!)),
      code,
    ).toBe(true);
  }
});

/** Of a heading, as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');

test.each(pages)('%s links to files and headings that are there', (page) => {
  for (const [, target] of read(page).matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
    const [path, anchor] = target!.split('#');
    const file = path ? join(dirname(page), path) : page;
    const text = read(file);
    if (anchor === undefined) continue;
    const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));
    expect(headings, target).toContain(anchor);
  }
});

test.each(pages)(`%s wraps at ${WIDTH} characters`, (page) => {
  const prose = read(page).replace(/```[\s\S]*?```/g, '');
  const long = prose.split('\n').filter((line) => [...line].length > WIDTH && !/^(\||!\[)/.test(line));
  expect(long).toEqual([]);
});

test('the index has one line for each page', () => {
  const listed = [...read('docs/README.md').matchAll(/^\d+\. \[([^\]]+)\]\(\1\): \S.*\.$/gm)].map(
    ([, name]) => name,
  );
  expect(listed.sort()).toEqual(inDocs.filter((name) => name !== 'README.md').sort());
});

test('the commands that the pages name exist', () => {
  const { scripts } = JSON.parse(read('package.json'));
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/(?:`|^|& )(?:npx -y )?pnpm(?:@[\d.]+)? ([a-z:]+)/gm)].map(
      ([, script]) => script!,
    ),
  );
  expect(named.length).toBeGreaterThan(10);
  const own = ['install', 'add', 'exec'];
  for (const script of named) expect([...Object.keys(scripts), ...own]).toContain(script);
});
