import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** A PostgreSQL server for one test. No other program knows its folder and port. */
export interface Postgres {
  /** The address of a new, empty database. */
  database(): Promise<string>;
  /** Stops the server while the work runs, and then starts it again with the same data. */
  away<Value>(work: () => Promise<Value>): Promise<Value>;
  stop(): Promise<void>;
}

const versions = '/usr/lib/postgresql';

/**
 * The folder with the programs of the newest version from Debian's package `postgresql`; null without one.
 */
const programs: string | null = existsSync(versions)
  ? (readdirSync(versions)
      .toSorted((a, b) => Number(b) - Number(a))
      .map((version) => join(versions, version, 'bin'))
      .find((folder) => existsSync(join(folder, 'initdb'))) ?? null)
  : null;

export const hasPostgres: boolean = programs !== null;

/** The reason why PostgreSQL cannot be tested here; undefined if it can. */
export const postgresMissing: string | undefined = hasPostgres
  ? undefined
  : 'PostgreSQL is not installed: apt-get install postgresql.';

/** Starts a server on 127.0.0.1. Its data is in a folder that is removed when it stops. */
export async function startPostgres(): Promise<Postgres> {
  if (programs === null) throw new Error(postgresMissing);
  const folder = mkdtempSync(join(tmpdir(), 'scalpel-postgres-'));
  const user = unprivileged();
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const make = ['-D', data, '-U', 'scalpel', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
  execFileSync(join(programs, 'initdb'), make, { ...user, stdio: 'pipe', cwd: folder });
  const port = await freePort();
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
  const options = settings.flatMap((setting) => ['-c', setting]);
  const launch = async () => {
    const started = spawn(join(programs, 'postgres'), ['-D', data, ...options], {
      ...user,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await ready(started);
    return started;
  };
  let server = await launch();
  const end = async () => {
    // The "fast" shutdown does not wait for connections to end.
    server.kill('SIGINT');
    if (server.exitCode === null) await once(server, 'close');
  };

  let count = 0;
  return {
    async database() {
      const name = `test${++count}`;
      await execute(`postgres://scalpel@127.0.0.1:${port}/postgres`, `create database ${name}`);
      return `postgres://scalpel@127.0.0.1:${port}/${name}`;
    },
    async away(work) {
      await end();
      try {
        return await work();
      } finally {
        server = await launch();
      }
    },
    async stop() {
      await end();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The rows of one statement. */
export async function execute(address: string, statement: string): Promise<readonly unknown[]> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { readonly uid: number; readonly gid: number } | null {
  if (userInfo().uid !== 0) return null;
  const numberOf = (kind: string) => Number(execFileSync('id', [kind, 'nobody'], { encoding: 'utf8' }));
  return { uid: numberOf('-u'), gid: numberOf('-g') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function ready(server: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('ready to accept connections')) resolve();
    });
    server.once('close', () => reject(new Error(`PostgreSQL did not start: ${said}`)));
  });
}
