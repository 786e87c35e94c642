import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { onTestFinished } from 'vitest';

/** A connection to a server that can be broken. */
export interface Proxy {
  /** The address of the server through this proxy. */
  readonly address: string;
  /**
   * Lets the next statement that matches reach the server, which executes it. Its answer is lost, and the
   * connection ends.
   */
  loseAnswerTo(statement: RegExp): void;
  /** True if an answer was lost. */
  isLost(): boolean;
}

export async function startProxy(address: string): Promise<Proxy> {
  const { hostname, port } = new URL(address);
  let pattern: RegExp | undefined;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let losing = false;
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    client.on('data', (data) => {
      if (pattern?.test(data.toString('latin1'))) {
        losing = true;
        pattern = undefined;
      }
      upstream.write(data);
    });
    upstream.on('data', (data) => (losing ? end() : client.write(data)));
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const way = new URL(address);
  way.port = String((server.address() as AddressInfo).port);
  return {
    address: way.href,
    loseAnswerTo(statement) {
      pattern = statement;
    },
    isLost: () => pattern === undefined,
  };
}
