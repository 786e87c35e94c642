import { readFileSync } from 'node:fs';
import { VERSION } from '@scalpel/backends';
import type { Checked } from '@scalpel/bench';
import { writeWhole } from '@scalpel/bench/sweep';
import type { BackendDefinition } from '@scalpel/core';
import { version_core } from '@tensorflow/tfjs';
import { z } from 'zod';

/** Beside the store of the current folder. */
const FILE = '.scalpel/checks.json';

/** What a check holds for: another driver, or another version of anything in it, is to be checked again. */
interface Subject {
  readonly backend: string;
  /** Of its definition. */
  readonly version: number;
  /** Adapter and driver, as the backend says. */
  readonly detail: string;
  readonly tfjs: string;
  /** The version of @scalpel/backends. */
  readonly backends: string;
}

interface Remembered extends Subject, Checked {}

const remembered: z.ZodType<readonly Remembered[]> = z.array(
  z.object({
    backend: z.string(),
    version: z.number(),
    detail: z.string(),
    tfjs: z.string(),
    backends: z.string(),
    passed: z.boolean(),
    when: z.iso.datetime(),
  }),
);

/** What the last check of a backend in this folder came to; null where there was none, or it was of something else. */
export function rememberedCheck(backend: BackendDefinition, detail: string): Checked | null {
  const subject = subjectOf(backend, detail);
  const found = all().find((one) => isOf(one, subject));
  return found === undefined ? null : { passed: found.passed, when: found.when };
}

/** Remembers a check in place of those before it. */
export function rememberCheck(backend: BackendDefinition, detail: string, passed: boolean): void {
  const subject = subjectOf(backend, detail);
  const others = all().filter((one) => !isOf(one, subject));
  const list = [...others, { ...subject, passed, when: new Date().toISOString() }];
  writeWhole(FILE, `${JSON.stringify(list, null, 2)}\n`);
}

/** A file that cannot be read tells of no check: it is the side of caution, and the next check writes it anew. */
function all(): readonly Remembered[] {
  try {
    return remembered.parse(JSON.parse(readFileSync(FILE, 'utf8')));
  } catch {
    return [];
  }
}

function subjectOf({ id, version }: BackendDefinition, detail: string): Subject {
  return { backend: id, version, detail, tfjs: version_core, backends: VERSION };
}

function isOf(one: Subject, subject: Subject): boolean {
  return (Object.keys(subject) as (keyof Subject)[]).every((key) => one[key] === subject[key]);
}
