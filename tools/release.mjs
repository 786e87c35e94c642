/*
 * Publishes the packages whose version the registry does not have yet:
 *
 *   pnpm exec changeset          says what a change is to its users: major, minor or patch, and a sentence
 *   pnpm exec changeset version  raises versions and writes the changelogs; commit that
 *   pnpm release [--dry-run]     builds, packs and publishes; with --dry-run all but the last step
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const dry = process.argv.includes('--dry-run');
const other = process.argv.slice(2).filter((argument) => argument !== '--dry-run');
if (other.length > 0) throw new Error(`There is no option ${other[0]}. Known: --dry-run.`);

/** What comes before the path differs between ways to a repository. */
const pathOf = (address) =>
  address
    .trim()
    .replace(/^.*github\.com[:/]/, '')
    .replace(/\.git$/, '');

const origin = pathOf(spawnSync('git', ['remote', 'get-url', 'origin'], { encoding: 'utf8' }).stdout);
const strangers = readdirSync('packages').filter((name) => {
  const { repository } = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8'));
  return repository !== undefined && pathOf(repository.url) !== origin;
});
if (strangers.length > 0) {
  const message = `The field "repository" of ${strangers.join(', ')} is not where this clone comes from (${origin || 'it has no origin'}). Set it first: npm shows it to users.`;
  if (!dry) throw new Error(message);
  console.warn(message);
}

const options = [
  'publish',
  '--recursive',
  '--access',
  'public',
  ...(dry ? ['--dry-run', '--no-git-checks'] : []),
];
process.exitCode = spawnSync('pnpm', options, { stdio: 'inherit' }).status ?? 1;
