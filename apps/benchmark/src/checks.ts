import { readFileSync } from 'node:fs';
import { VERSION } from '@scalpel/backends';
import type { Checked } from '@scalpel/bench';
import { writeWhole } from '@scalpel/bench/sweep';
import type { BackendDefinition } from '@scalpel/core';
import { version_core } from '@tensorflow/tfjs';
import { z } from 'zod';

/** The file beside the store of the current folder. */
const FILE = '.scalpel/checks.json';

/** The subject of a check. A check holds only for this driver and these versions. */
interface Subject {
  readonly backend: string;
  /** The version of the backend's definition. */
  readonly version: number;
  /** The adapter and driver, as the backend reports them. */
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

/**
 * The result of the last check of a backend in this folder. Null if there was none, or if its subject was
 * another.
 */
export function rememberedCheck(backend: BackendDefinition, detail: string): Checked | null {
  const subject = subjectOf(backend, detail);
  const found = all().find((one) => isOf(one, subject));
  return found === undefined ? null : { passed: found.passed, when: found.when };
}

/** Stores a check in place of earlier ones. */
export function rememberCheck(backend: BackendDefinition, detail: string, passed: boolean): void {
  const subject = subjectOf(backend, detail);
  const others = all().filter((one) => !isOf(one, subject));
  const list = [...others, { ...subject, passed, when: new Date().toISOString() }];
  writeWhole(FILE, `${JSON.stringify(list, null, 2)}\n`);
}

/** A file that cannot be read counts as no check, which is the safe side. The next check writes it again. */
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
