/**
 * Code that only some trainings need: `await loaded('what it is for', import('./its-file.ts'))`. A page loads it in
 * the first step that needs it, instead of at first. A step that throws this error has changed nothing.
 */
export async function loaded<Module>(purpose: string, code: Promise<Module>): Promise<Module> {
  try {
    return await code;
  } catch (cause) {
    throw new Error(
      `The code for ${purpose} could not be loaded, so nothing was changed: ${cause instanceof Error ? cause.message : cause}. Try again. ` +
        'If that fails too, the server cannot be reached or no longer has the files of this page: reload it.',
      { cause },
    );
  }
}
