import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { configOf, Stage, STEADY_HEALTH } from '../../support/balanced.js';
import { environmentOf, velocity } from '../../support/cli.process.js';
import { freePort } from '../../support/free-ports.js';
import { startMongod } from '../../support/mongod.js';
import { HAS_REDIS, RedisServer } from '../../support/redis-server.js';
import { createStores } from '../../support/stores.js';

interface Report {
  readonly problems: number;
  readonly findings: readonly { level: string; subject: string; what: string; advice: string }[];
}

describe('velocity doctor', () => {
  const stage = new Stage();
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'velocity-doctor-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** No balancer runs: only the file speaks. */
  async function examine(config: object, ...args: string[]) {
    await writeFile(path.join(folder, 'velocity.yml'), JSON.stringify(config));
    const { code, out, err } = await velocity(
      ['doctor', '--config', 'velocity.yml', '--json', '--admin', `:${await freePort()}`, ...args],
      { cwd: folder },
    );
    expect(err).toBe('');
    return { code, report: JSON.parse(out) as Report };
  }

  const found = ({ findings }: Report, level: string, subject: string) =>
    findings.filter((one) => one.level === level && one.subject === subject).map(({ what }) => what);

  it('finds nothing wrong with a balancer that is well', async () => {
    const backend = await stage.backend();
    const balancer = await stage.balancer(
      configOf([{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }]),
    );
    const { code, out } = await velocity(['doctor', '--config', 'velocity.yml'], {
      cwd: balancer.dir,
      env: environmentOf(balancer),
    });
    expect(out).toContain('0 problems');
    expect(code).toBe(0);
    expect(out).toMatch(
      new RegExp(
        `ok +ports +port ${balancer.trafficPort} is held by Velocity, process ${balancer.child.pid}`,
      ),
    );
    expect(out).toMatch(/ok +takeover +another process can take over/);
    expect(out).toContain('shop: 1 of 1 backend answer from here');
    expect(out).toMatch(/ok +store +data\/velocity\.db, \d+ MiB, SQLite/);
  });

  it('says why a Redis cannot count, without its password', async () => {
    const url = `redis://user:MARKED-secret@127.0.0.1:${await freePort()}`;
    const { code, report } = await examine({ redis: { url } });
    expect(code).toBe(1);
    expect(found(report, 'problem', 'redis')[0]).toMatch(/^asked from here: .*ECONNREFUSED/);
    expect(JSON.stringify(report)).not.toContain('MARKED-secret');
  });

  it.skipIf(!HAS_REDIS)('finds that a Redis counts', async () => {
    const redis = await RedisServer.start();
    onTestFinished(() => redis.stop());
    const { report } = await examine({ redis: { url: redis.url } });
    expect(found(report, 'ok', 'redis')).toEqual(['it counts for us, asked from here']);
  });

  it('names who holds a port', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, report } = await examine({ listeners: [{ host: '127.0.0.1', port }] });
    expect(code).toBe(1);
    expect(found(report, 'problem', 'ports')[0]).toContain(
      `port ${port} is held by process ${process.pid} (`,
    );
    other.close();
  });

  it('finds backends that are away, close too early, or live in another time', async () => {
    const early = await backend((response) => response.setHeader('Keep-Alive', 'timeout=2'));
    const late = await backend((response) => response.setHeader('Date', 'Thu, 01 Jan 2015 00:00:00 GMT'));
    const away = `http://127.0.0.1:${await freePort()}`;
    const services = [{ name: 'shop', backends: [early.url, late.url, away] }];
    const { code, report } = await examine({ listeners: [{ port: await freePort() }], services });
    expect(code).toBe(1);
    expect(found(report, 'problem', 'backends')).toEqual([`shop: ${away}: connection refused`]);
    expect(found(report, 'problem', 'keep-alive')[0]).toContain(
      `${early.url} says that it closes idle connections after 2 s`,
    );
    expect(found(report, 'notice', 'clock')[0]).toMatch(
      new RegExp(`the clock of ${late.url} is \\d+ s behind ours`),
    );
    early.close();
    late.close();
  });

  it('with --deep sees a backend close an idle connection, whatever it says', async () => {
    const silent = await backend(() => undefined, 700);
    const services = [{ name: 'shop', backends: [silent.url], timeouts: { upstreamIdle: '3s' } }];
    const { report } = await examine({ services, listeners: [{ port: await freePort() }] }, '--deep');
    expect(found(report, 'problem', 'keep-alive')[0]).toMatch(
      /closed an idle connection after [01]\.\d s, but timeouts\.upstreamIdle of shop is 3 s/,
    );
    silent.close();
  });

  it('finds trust in everybody, an open admin API, and a token that others can read', async () => {
    await writeFile(path.join(folder, 'token'), 'x'.repeat(43));
    await chmod(path.join(folder, 'token'), 0o644);
    const { report } = await examine({
      trustedProxies: ['0.0.0.0/0', '8.0.0.0/7'],
      admin: { host: '0.0.0.0', port: 0, tokenFile: 'token' },
    });
    expect(found(report, 'problem', 'trust')[0]).toContain('every client names its own address');
    expect(found(report, 'notice', 'trust')[0]).toContain('8.0.0.0/7, which holds strangers');
    expect(found(report, 'notice', 'admin')).toContainEqual(expect.stringContaining('admin.host is 0.0.0.0'));
    expect(found(report, 'problem', 'admin')[0]).toContain('mode 0644');
  });

  it('shows every error of a file', async () => {
    const { code, report } = await examine({ serivces: [], workers: 0 });
    expect(code).toBe(1);
    expect(found(report, 'problem', 'configuration')).toHaveLength(2);
  });

  it('finds a damaged database, and one of a newer Velocity', async () => {
    const file = path.join(folder, 'broken.db');
    await writeFile(file, 'this is no database, but long enough to look like one'.repeat(100));
    const broken = await examine({ storage: { driver: 'sqlite', path: file } });
    expect(found(broken.report, 'problem', 'store')[0]).toContain(file);
    const newer = path.join(folder, 'newer.db');
    const db = new DatabaseSync(newer);
    db.exec('PRAGMA user_version = 99; CREATE TABLE t (x)');
    db.close();
    const { report } = await examine({ storage: { driver: 'sqlite', path: newer } });
    expect(found(report, 'problem', 'store')[0]).toContain('made by a newer Velocity');
  });

  it('finds missing indexes of MongoDB, and a server that is not there', async (context) => {
    const mongod = await startMongod();
    if (mongod === null) return context.skip();
    try {
      const storage = { driver: 'mongodb', uri: mongod.uri, database: mongod.database } as const;
      const stores = await createStores(storage);
      await stores.connection.open();
      await stores.close();
      const whole = await examine({ storage });
      expect(found(whole.report, 'problem', 'store')).toEqual([]);
      expect(found(whole.report, 'ok', 'store')[0]).toMatch(/^MongoDB \S+, replica set/);
      const connection = await mongoose.createConnection(mongod.uri, { dbName: mongod.database }).asPromise();
      await connection.collection('access_logs').dropIndexes();
      await connection.close();
      const { report } = await examine({ storage });
      expect(found(report, 'problem', 'store')).toContainEqual(
        expect.stringMatching(/^The index .* of access_logs is missing/),
      );
    } finally {
      await mongod.stop();
    }
    const gone = await examine({ storage: { driver: 'mongodb', uri: 'mongodb://u:hidden@127.0.0.1:1/x' } });
    expect(found(gone.report, 'problem', 'store')[0]).toContain('MongoDB cannot be used');
    expect(JSON.stringify(gone.report)).not.toContain('hidden');
  });

  it('works where there is nothing at all', async () => {
    const { code, out } = await velocity(['doctor', '--admin', `:${await freePort()}`], { cwd: '/' });
    expect(code).toBe(0);
    expect(out).toContain('there is no config/velocity.yml');
  });
});

/** A server whose answers are made up, and which closes idle connections when told to. */
async function backend(prepare: (response: http.ServerResponse) => void, keepAliveMs = 60_000) {
  const server = http.createServer((_request, response) => {
    prepare(response);
    response.end();
  });
  server.keepAliveTimeout = keepAliveMs;
  server.keepAliveTimeoutBuffer = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
