import { once } from 'node:events';
import { fstatSync } from 'node:fs';
import { visible } from '@scalpel/bench/text';
import { answer } from '../combine/answer.ts';
import { lines } from '../combine/lines.ts';
import { type Command, command } from '../command.ts';
import { loadToolkit, pluginFlag } from '../plugins.ts';

const args = { ...pluginFlag };

export const combine: Command = command({
  meta: {
    name: 'combine',
    description: 'Combines the gradients in JSON Lines from standard input, in float64',
  },
  args,
  async run({ plugin: plugins }) {
    const toolkit = await loadToolkit(['combiners'], plugins);
    checkInput();
    process.stdin.setEncoding('utf8');
    for await (const line of lines(process.stdin)) {
      const text = line.text.trim();
      if (text === '' && line.isWhole) continue;
      const result = answer({ ...line, text }, toolkit);
      if ('error' in result) process.exitCode = 1;
      if (!process.stdout.write(`${visible(JSON.stringify(result))}\n`)) await once(process.stdout, 'drain');
    }
  },
});

/** Node reads a folder, and anything else that is no stream, as empty input. */
function checkInput(): void {
  const input = fstatSync(process.stdin.fd);
  if (input.isFile() || input.isFIFO() || input.isSocket() || input.isCharacterDevice()) return;
  const what = input.isDirectory() ? 'a folder' : 'neither a file nor a pipe';
  throw new Error(
    `Standard input is ${what}. Give the cases in a file or a pipe: scalpel combine < cases.jsonl.`,
  );
}
