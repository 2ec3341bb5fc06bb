import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { configOf, Stage, STEADY_HEALTH } from '../../support/balanced.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { CliProcess, environmentOf, velocity } from '../../support/cli.process.js';
import { freePort } from '../../support/free-ports.js';
import { request } from '../../support/load.js';
import { recorded } from '../../support/recorded.js';
import { SeverableLine } from '../../support/severable-line.js';

const ENTRY = path.resolve(import.meta.dirname, '../../../dist/main.js');

describe('velocity logs', () => {
  const stage = new Stage();
  let balancer: BalancerProcess;
  let env: Record<string, string>;
  let url: string;

  beforeAll(async () => {
    const backend = await stage.backend();
    ({ url } = backend);
    const services = [
      { name: 'shop', hosts: ['shop.test'], backends: [url], health: STEADY_HEALTH },
      { name: 'empty', hosts: ['empty.test'], backends: [] },
    ];
    balancer = await stage.balancer(configOf(services));
    env = environmentOf(balancer);
  });

  const run = (...args: string[]) => velocity(args, { env });
  const ask = (host: string, target: string) => request({ port: balancer.trafficPort, host, path: target });

  it('shows what fits, the newest last, with the way it took', async () => {
    await ask('shop.test', '/first');
    await ask('empty.test', '/second?x=1');
    await ask('shop.test', '/third');
    await recorded(balancer, 3);
    const { out } = await run('logs');
    const lines = out.trimEnd().split('\n');
    expect(lines.map((line) => /\S+\.test\/\S*/.exec(line)?.[0])).toEqual([
      'shop.test/first',
      'empty.test/second?x=1',
      'shop.test/third',
    ]);
    expect(lines[0]).toContain(`-> ${url}`);
    expect(lines[1]).toMatch(/ 503 .* empty .* no_backend$/);
    expect(
      (await run('logs', '--dropped', '--json')).out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ path: '/second', dropReason: 'no_backend' }]);
    expect((await run('logs', '--path', '/th', '--limit', '5')).out.split('\n')).toHaveLength(2);
    expect(await run('logs', '--client', '192.0.2.1')).toMatchObject({
      code: 0,
      out: '',
      err: 'No exchange fits.\n',
    });
    expect(await run('logs', '--status', 'many')).toMatchObject({
      code: 2,
      err: expect.stringContaining('5xx'),
    });
  });

  it('follows what comes, each exchange once, and ends in order', async () => {
    const following = CliProcess.start(['logs', '--follow', '--limit', '0', '--service', 'shop', '--json'], {
      env,
    });
    // Whatever was asked before the first look is not shown; so ask until something is.
    let count = 0;
    const asking = (async () => {
      while (following.lines.length < 3) await ask('shop.test', `/follow/${count++}`);
    })();
    await Promise.all([asking, following.printed(() => following.lines.length >= 3)]);
    const last = `/follow/last`;
    await ask('shop.test', last);
    await following.printed((line) => line.includes(last));
    const { code } = await following.stop();
    expect(code).toBe(0);
    const ids = following.lines.map((line) => (JSON.parse(line) as { id: string }).id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says that the balancer is away, and that it answers again as soon as it does', async () => {
    const line = await SeverableLine.to(Number(new URL(balancer.adminUrl).port));
    stage.ends(() => line.close());
    const following = CliProcess.start(['logs', '--follow', '--limit', '0', '--json'], {
      env: { ...env, VELOCITY_ADMIN: `http://127.0.0.1:${line.port}` },
    });
    const shown = async (target: string) => {
      const isShown = () => following.lines.some((text) => text.includes(target));
      while (!isShown()) await ask('shop.test', target);
    };
    // What follows the first one came over the stream.
    await shown('/follow/looked-up');
    await shown('/follow/streamed');
    line.restore();
    await shown('/follow/after');
    const { err } = await following.stop();
    expect(err).toMatch(/Trying again\.\n.*the balancer answers again/);
  });

  it('does not fall over a reader that has enough', async () => {
    const reader = spawn(
      'sh',
      ['-c', '"$0" "$1" logs --json --limit 5 | head -c 1; exit 0', process.execPath, ENTRY],
      {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let errors = '';
    reader.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
    expect(await once(reader, 'close')).toEqual([0, null]);
    expect(errors).toBe('');
  });
});

describe('velocity, when the admin API cannot be used,', () => {
  const nowhere = { VELOCITY_TOKEN: 'x'.repeat(40) };

  async function served(handle: http.RequestListener) {
    const server = http.createServer(handle);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { port, close: () => server.close() };
  }

  it('says which one was asked, and how to name another', async () => {
    const port = await freePort();
    const { code, err } = await velocity(['status', '--admin', `:${port}`], { env: nowhere });
    expect(code).toBe(1);
    expect(err).toContain(`No balancer answers at http://127.0.0.1:${port}: connection refused.`);
    expect(err).toContain('--admin URL');
  });

  it('says that something else answers', async () => {
    const { port, close } = await served((_request, response) => response.end('<html>hello</html>'));
    const { code, err } = await velocity(['status'], {
      env: { ...nowhere, VELOCITY_ADMIN: `127.0.0.1:${port}` },
    });
    expect(code).toBe(1);
    expect(err).toContain('is no admin API of Velocity');
    close();
  });

  it('says where a token was looked for, and never repeats one', async () => {
    const problem = {
      status: 401,
      code: 'UNAUTHENTICATED',
      detail: 'The bearer token is not the one of this balancer.',
    };
    const { port, close } = await served((_request, response) => {
      response.writeHead(401, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify(problem));
    });
    const without = await velocity(['services', '--admin', `:${port}`], { cwd: '/' });
    expect(without).toMatchObject({ code: 1, err: expect.stringContaining('data/admin.token is not here') });
    const wrong = await velocity(['services', '--admin', `:${port}`, '--token', 'secret-token'], {
      cwd: '/',
    });
    expect(wrong.err).toContain('The token came from --token.');
    expect(wrong.err).not.toContain('secret-token');
    close();
  });

  it('tells wrong usage from failure', async () => {
    expect((await velocity(['stauts'])).code).toBe(2);
    expect((await velocity(['logs', '--limit', 'all'])).code).toBe(2);
    expect(await velocity(['status', '--admin', 'ftp://x'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('ftp://x'),
    });
  });
});
