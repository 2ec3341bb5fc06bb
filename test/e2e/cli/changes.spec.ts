import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { applyFile } from '../../../src/cli/commands/apply.command.js';
import { perform } from '../../../src/cli/session.js';
import { configOf, Stage, STEADY_HEALTH } from '../../support/balanced.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import type { BackendProcess } from '../../support/backend-process.js';
import { CliProcess, environmentOf, velocity } from '../../support/cli.process.js';
import { request } from '../../support/load.js';
import { recorded } from '../../support/recorded.js';

describe('velocity', () => {
  const stage = new Stage();
  let balancer: BalancerProcess;
  let backends: BackendProcess[];
  let env: Record<string, string>;

  beforeAll(async () => {
    backends = await stage.backends(2);
    balancer = await stage.balancer(configOf([shop()]));
    env = environmentOf(balancer);
  });

  const run = (...args: string[]) => velocity(args, { env, cwd: balancer.dir });

  /** The service of all tests, with other settings. */
  function shop(more: object = {}): object {
    return {
      name: 'shop',
      hosts: ['shop.test'],
      backends: [backends[0]!.url],
      health: STEADY_HEALTH,
      ...more,
    };
  }

  async function file(name: string, services: readonly object[]): Promise<string> {
    await writeFile(path.join(balancer.dir, name), stringify({ admin: { port: 3000 }, services }));
    return name;
  }

  const revision = async () =>
    (await balancer.api<{ revision: number }>('GET', '/api/v1/status')).body.revision;

  it('plans a file with the replay of what was served, and changes nothing', async () => {
    for (let count = 0; count < 3; count++) {
      await request({ port: balancer.trafficPort, host: 'shop.test', path: '/cart' });
    }
    await balancer.idle();
    await recorded(balancer, 3);
    const before = await revision();
    const moved = { name: 'carts', hosts: ['shop.test'], paths: ['/cart'], backends: [backends[1]!.url] };
    const plan = await run('plan', await file('plan.yml', [shop(), moved]), '--patch');
    expect(plan).toMatchObject({ code: 0, err: '' });
    expect(plan.out).toContain('service carts: added with 1 backend');
    expect(plan.out).toContain('+name: carts');
    expect(plan.out).toContain('3 move from shop to carts, such as GET shop.test/cart');
    expect(plan.out).toContain('plan.yml:1:1: admin: is only read from the configuration file at the start');
    const json = await run('plan', 'plan.yml', '--json', '--replay', '0');
    expect(JSON.parse(json.out)).toMatchObject({
      base: before,
      replay: null,
      services: { added: ['carts'] },
    });
    expect(await revision()).toBe(before);
  });

  it('names file, line and column of what does not hold, and ends with 2', async () => {
    await writeFile(path.join(balancer.dir, 'bad.yml'), 'services:\n  - { nam: shop }\n');
    const refused = await run('apply', 'bad.yml');
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/^velocity: bad\.yml is not valid\.\n {2}bad\.yml:2:5: .*nam/);
    expect(await run('apply', 'missing.yml')).toMatchObject({
      code: 2,
      err: expect.stringContaining('missing.yml: does not exist'),
    });
  });

  it('replaces placeholders from the environment of the command, not of the balancer', async () => {
    await writeFile(
      path.join(balancer.dir, 'placed.yml'),
      'storage: { driver: mongodb, uri: "${NOT_SET}" }\nservices: [{ name: placed, hosts: ["${PLACE}"], backends: [] }]\n',
    );
    const refused = await run('plan', 'placed.yml');
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('NOT_SET') });
    const plan = await velocity(['plan', 'placed.yml', '--patch'], {
      env: { ...env, PLACE: 'here.test', NOT_SET: 'mongodb://127.0.0.1/x' },
      cwd: balancer.dir,
    });
    expect(plan).toMatchObject({ code: 0, out: expect.stringContaining('here.test') });
  });

  it('applies, shows what it did in history and diff, and goes back', async () => {
    const before = await revision();
    const applied = await run(
      'apply',
      await file('next.yml', [shop({ slowStart: '9s' })]),
      '--note',
      'slower',
    );
    expect(applied).toMatchObject({ code: 0, out: expect.stringContaining(`Revision ${before + 1} runs.`) });
    expect((await run('history', '--limit', '1')).out).toMatch(/slowStart \(default\) -> 9s +slower\n$/);
    expect((await run('diff')).out).toMatch(/^revision \d+ -> \d+\n[^]*\n\+slowStart: 9s/);
    expect((await run('diff', String(before), 'current')).out).toContain('slowStart: 9s');
    const again = await run('apply', 'next.yml');
    expect(again).toMatchObject({ code: 0, out: 'Nothing would change.\n' });
    const back = await run('rollback', String(before), '--json');
    expect(JSON.parse(back.out)).toMatchObject({ applied: { revision: before + 2 } });
    expect((await run('history', '--limit', '1', '--json')).out).toContain(`"restores": ${before}`);
    expect(await run('rollback', '99999')).toMatchObject({ code: 2, err: expect.stringContaining('99999') });
  });

  it('waits for the verdict over a guarded change, and ends with 1 when nobody confirms', async () => {
    const name = await file('guarded.yml', [shop({ slowStart: '3s' })]);
    const applied = await run('apply', name, '--guard', '2s');
    expect(applied.code).toBe(1);
    expect(applied.err).toMatch(/is under guard: `velocity confirm` keeps it/);
    expect(applied.err).toMatch(/was taken back to \d+: .*confirmed/);
  });

  it('keeps a guarded change that somebody confirms, and takes back one that somebody reverts', async () => {
    const kept = CliProcess.start(
      ['apply', await file('kept.yml', [shop({ slowStart: '4s' })]), '--guard', '50s'],
      {
        env,
        cwd: balancer.dir,
      },
    );
    await kept.printed((line) => /^Revision \d+ runs\.$/.test(line));
    const second = await run(
      'apply',
      await file('second.yml', [shop({ slowStart: '5s' })]),
      '--guard',
      '50s',
    );
    expect(second).toMatchObject({ code: 1, err: expect.stringContaining('velocity revert') });
    expect((await run('confirm', '--note', 'looks fine')).code).toBe(0);
    expect(await kept.result()).toMatchObject({ code: 0, err: expect.stringContaining('stays') });
    expect((await run('confirm')).code).toBe(2);

    const undone = await run('apply', 'second.yml', '--guard', '50s', '--no-wait', '--json');
    expect(JSON.parse(undone.out)).toMatchObject({ applied: { guard: { confirmation: 'manual' } } });
    expect(await run('revert')).toMatchObject({ code: 0, out: expect.stringContaining('was taken back') });
    expect((await run('services', 'show', 'shop')).out).toContain('slowStart: 4s');
  });

  it('asks on a terminal, and changes nothing without a yes', async () => {
    const before = await revision();
    const typist = new Typist(env);
    const name = path.join(balancer.dir, await file('asked.yml', [shop({ slowStart: '6s' })]));
    const done = perform({}, typist, (session) => applyFile(session, name, {}));
    await typist.sees(/1 change of revision \d+[^]*slowStart[^]*Apply .*asked\.yml\? \[y\/N\]/);
    typist.types('n\n');
    expect(await done).toBe(1);
    expect(await revision()).toBe(before);
  });

  it('shows a guarded change as it proves itself, and keeps it by a key', async () => {
    const typist = new Typist(env);
    const name = path.join(balancer.dir, await file('kept-by-key.yml', [shop({ slowStart: '7s' })]));
    const done = perform({}, typist, (session) => applyFile(session, name, { guard: '50s' }));
    await typist.sees(/\[y\/N\]/);
    typist.types('y\n');
    await typist.sees(/Revision \d+ is under guard, \d+ s left[^]*since +\d+ requests[^]*Keep it\?/);
    typist.types('y');
    expect(await done).toBe(0);
    expect((await run('services', 'show', 'shop')).out).toContain('slowStart: 7s');
  });

  it('refuses terms of a guard without one', async () => {
    expect(await run('apply', 'kept.yml', '--confirmation', 'auto')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--confirmation goes with --guard'),
    });
    expect((await run('apply', 'kept.yml', '--guard', 'soon')).code).toBe(2);
  });
});

/** Somebody at a terminal: what is shown, and what is typed. */
class Typist {
  private readonly stream = () => Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 40 });
  readonly stdin = this.stream();
  readonly stdout = this.stream();
  readonly stderr = this.stream();
  private shown = '';
  private wake = Promise.withResolvers<void>();

  constructor(readonly env: Record<string, string>) {
    for (const output of [this.stdout, this.stderr]) {
      output.on('data', (bytes: Buffer) => {
        this.shown += stripVTControlCharacters(bytes.toString());
        this.wake.resolve();
        this.wake = Promise.withResolvers();
      });
    }
  }

  /** Resolves when this has been shown. */
  async sees(text: RegExp): Promise<void> {
    while (!text.test(this.shown)) await this.wake.promise;
  }

  types(text: string): void {
    this.stdin.write(text);
  }
}
