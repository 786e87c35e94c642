import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { create, TEMPLATES } from './create.ts';

// That the projects pass their own tests is proven from the packed files, outside of the repository: tools/packed.

const folder = mkdtempSync(join(tmpdir(), 'scalpel-create-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(Object.keys(TEMPLATES))(
  'the template %s is written whole, under the name of its folder',
  (template) => {
    const target = join(folder, `own-${template}`);
    expect(create(target, template)).toContain('npm test');
    const { name, dependencies } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'));
    expect(name).toBe(`own-${template}`);
    expect(dependencies['@scalpel/core']).toMatch(/^\^\d/);
    expect(readFileSync(join(target, '.gitignore'), 'utf8')).toContain('node_modules');
    for (const file of readdirSync(target, { recursive: true, encoding: 'utf8' }))
      expect(readFileSync(join(target, file), 'utf8'), file).not.toMatch(/\{\{|\}\}(?!;|\))/);
  },
);

test('a template that does not exist is named, with those that do', () => {
  expect(() => create(join(folder, 'other'), 'plug')).toThrow(/no template "plug"[\s\S]*plugin {4}a package/);
});

test('a folder with something in it is left alone', () => {
  const target = join(folder, 'full');
  mkdirSync(target);
  writeFileSync(join(target, 'file'), 'mine');
  expect(() => create(target, 'training')).toThrow('full is not empty');
  expect(readdirSync(target)).toEqual(['file']);
});

test('a folder that cannot be the name of a package is refused, and not made', () => {
  expect(() => create(join(folder, 'My Project'), 'training')).toThrow('cannot be the name of a package');
  expect(readdirSync(folder)).not.toContain('My Project');
});
