import { describe, expect, it } from 'vitest';
import { configOf, Stage, STEADY_HEALTH } from '../../support/balanced.js';
import { CliProcess, environmentOf, velocity } from '../../support/cli.process.js';
import { request, runLoad } from '../../support/load.js';

describe('velocity', () => {
  const stage = new Stage();

  async function running() {
    const backends = await stage.backends(2);
    const urls = backends.map(({ url }) => url);
    const balancer = await stage.balancer(
      configOf([
        { name: 'shop', hosts: ['shop.test'], backends: [urls[0]], health: STEADY_HEALTH },
        { name: 'empty', hosts: ['empty.test'], backends: [] },
      ]),
    );
    const env = environmentOf(balancer);
    const run = (...args: string[]) => velocity(args, { env });
    return { balancer, backends, env, run, first: backends[0]!, second: backends[1]! };
  }

  it('adds, weighs, disables, takes back and removes a backend, named in short', async () => {
    const { run, first, second } = await running();
    expect(await run('backends', 'add', 'shop', `:${second.port}`, '--weight', '3')).toMatchObject({
      code: 0,
      out: expect.stringContaining(`Added ${second.url} to shop`),
    });
    const { items } = JSON.parse((await run('backends', 'list', 'shop', '--json')).out) as {
      items: { id: string; url: string; weight: number; state: string }[];
    };
    expect(items).toMatchObject([
      { url: first.url, weight: 1 },
      { url: second.url, weight: 3, state: 'enabled' },
    ]);
    const { id } = items[1]!;
    expect((await run('backends', 'weight', 'shop', id.slice(0, 6), '5')).out).toBe(
      `${second.url} of shop has weight 5 now.\n`,
    );
    expect((await run('backends', 'disable', 'shop', second.url)).out).toContain('is disabled');
    expect((await run('backends', 'ready', 'shop', `127.0.0.1:${second.port}`)).out).toContain('is enabled');
    expect((await run('backends', 'return', 'shop', `:${first.port}`)).out).toMatch(
      /neither ejected nor held back by a breaker: it takes traffic\.\n$/,
    );
    expect((await run('backends', 'return', 'shop')).out).toContain('Nothing is ejected in shop any more');
    expect((await run('backends', 'return', 'nope')).code).not.toBe(0);
    expect((await run('backends', 'remove', 'shop', `:${second.port}`)).code).toBe(0);
    const table = (await run('backends')).out;
    expect(table).toMatch(/^SERVICE +BACKEND +ID +STATE +HEALTH +WEIGHT +ROLE +IN FLIGHT +SOURCE\n/);
    expect(table).toContain(first.url);
    expect(table).not.toContain(second.url);
  });

  it('waits for a drain until nothing runs there any more', async () => {
    const { balancer, env, first } = await running();
    const slow = request({ port: balancer.trafficPort, host: 'shop.test', path: '/slow/1500' });
    await inFlight(first.port);
    const drain = CliProcess.start(['backends', 'drain', 'shop', `:${first.port}`, '--wait'], { env });
    const [answer, drained] = await Promise.all([slow, drain.result()]);
    expect(answer.status).toBe(200);
    expect(drained).toMatchObject({ code: 0, out: expect.stringContaining('the server can be stopped') });
    expect(drained.err).toContain(`1 exchange in flight at ${first.url}`);
  });

  it('gives up a drain that takes longer than it may', async () => {
    const { balancer, run, first } = await running();
    const slow = request({ port: balancer.trafficPort, host: 'shop.test', path: '/slow/4000' });
    await inFlight(first.port);
    const drained = await run('backends', 'drain', 'shop', `:${first.port}`, '--wait', '--timeout', '200ms');
    expect(drained).toMatchObject({ code: 1, err: expect.stringContaining('still in flight') });
    await slow;
  });

  it('names what it could mean when a backend or a service is not there', async () => {
    const { run, first } = await running();
    const unknown = await run('backends', 'drain', 'shop', ':1');
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain(first.url);
    const misspelt = await run('backends', 'list', 'shp');
    expect(misspelt).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean shop?') });
    const refused = await run('backends', 'add', 'shop', 'http://user:secret@10.0.0.7');
    expect(refused.code).toBe(2);
    expect(refused.err).not.toContain('secret');
    const json = await run('backends', 'list', 'shp', '--json');
    expect(JSON.parse(json.err)).toMatchObject({ error: { code: 'SERVICE_NOT_FOUND', status: 404 } });
    expect(json.out).toBe('');
  });

  it('shows status with rates of the last second, for people and for programs', async () => {
    const { balancer, env, run } = await running();
    const watching = CliProcess.start(['status', '--watch', '--json'], { env });
    const busy = watching.printed((line) => {
      const { services } = JSON.parse(line) as StatusLine;
      return (services.find(({ name }) => name === 'shop')?.requestsPerSecond ?? 0) > 0;
    });
    const stop = new AbortController();
    const load = runLoad({
      port: balancer.trafficPort,
      host: 'shop.test',
      connections: 1,
      stop: stop.signal,
    });
    const shop = (JSON.parse(await busy) as StatusLine).services.find(({ name }) => name === 'shop')!;
    const text = await run('status');
    stop.abort();
    await load;
    expect(shop).toMatchObject({ errorShare: 0, backends: [{ health: 'healthy', errorShare: 0 }] });
    expect(shop.backends[0]!.latencyUs).toBeGreaterThan(0);
    expect((await watching.stop()).code).toBe(0);
    expect(text.out).toMatch(/^velocity \S+ {2}up \d+ s, revision 1, 2 workers, sqlite connected\n/);
    expect(text.out).toMatch(/\nshop {2}shop\.test +1\/1 available +round-robin +\d+/);
    expect(text.out).toMatch(/\nempty {2}empty\.test +0\/0 available /);
  });

  it('shows services, and one of them as it would stand in the file', async () => {
    const { run, first } = await running();
    expect((await run('services')).out).toMatch(/\nshop +shop\.test +round-robin +1\/1 +0\n/);
    const { out } = await run('services', 'show', 'shop');
    expect(out).toContain(`- name: shop\n  hosts:\n    - shop.test\n`);
    expect(out).toContain(`    - url: ${first.url}\n`);
  });
});

interface StatusLine {
  readonly services: readonly {
    readonly name: string;
    readonly requestsPerSecond: number;
    readonly backends: readonly { readonly latencyUs: number }[];
  }[];
}

/** Resolves when an exchange is at the test server. */
async function inFlight(port: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    if (((await answer.json()) as { inFlight: number }).inFlight > 1) return;
  }
}
