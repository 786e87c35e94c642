#!/usr/bin/env node
import { create, USAGE } from './create.ts';

const [folder, template = 'training', ...others] = process.argv.slice(2);
try {
  if (folder === undefined || folder.startsWith('-') || others.length > 0) throw new Error(USAGE);
  console.log(create(folder, template));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
