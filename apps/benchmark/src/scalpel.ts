#!/usr/bin/env node
// The entry of the command `scalpel`. An older Node would fail at the imports of the program, with a message
// that does not help.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 18)) {
  await import('./main.ts');
} else {
  console.error(
    `scalpel needs Node 22.18 or later, and this is ${process.versions.node}. Install a newer one from https://nodejs.org, then give the same command again.`,
  );
  process.exitCode = 1;
}

export {};
