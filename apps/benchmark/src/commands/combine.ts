import { once } from 'node:events';
import { repeated } from '../arguments.ts';
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
  async run({ rawArgs }) {
    const toolkit = await loadToolkit(['combiners'], repeated('plugin', rawArgs, args));
    process.stdin.setEncoding('utf8');
    for await (const line of lines(process.stdin)) {
      const text = line.trim();
      if (text === '') continue;
      const result = answer(text, toolkit);
      if ('error' in result) process.exitCode = 1;
      if (!process.stdout.write(`${JSON.stringify(result)}\n`)) await once(process.stdout, 'drain');
    }
  },
});
