import { once } from 'node:events';
import http from 'node:http';
import { chmod, mkdtemp, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Stage, STEADY_HEALTH, configOf } from '../support/balanced.js';
import { BalancerProcess } from '../support/balancer-process.js';
import { velocity } from '../support/cli.process.js';
import { Observation } from '../support/observation.js';
import { recorded } from '../support/recorded.js';

interface Totals {
  readonly ledger: { readonly received: number; readonly dropped: number };
}

describe('run --takeover', () => {
  const stage = new Stage();

  it('takes the sockets over under load: no connection is refused or reset, and each request answered once', async () => {
    const backend = await stage.backend();
    const config = configOf([{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }]);
    const first = await stage.balancer(config);
    const { trafficPort: port, adminUrl } = first;
    const load = new TakeoverLoad(port);
    const single = load.start(24, false);
    const kept = load.start(8, true);
    await Observation.until(() => load.answered > 500, 'the load runs');
    const tunnel = new WebSocket(`ws://127.0.0.1:${port}/ws`);
    await once(tunnel, 'open');

    const second = await successor(first, config);
    expect([second.trafficPort, second.adminUrl]).toEqual([port, adminUrl]);
    await first.logged(({ takenOverBy }) => takenOverBy === second.child.pid);
    const before = load.answered;
    await Observation.until(() => load.answered > before + 500, 'the load goes on');

    // And once more: what was taken over can be.
    const third = await successor(second, config, 3);
    expect(await second.exited).toBe(0);
    const later = load.answered;
    await Observation.until(() => load.answered > later + 500, 'the load still goes on');
    load.stop();
    await Promise.all([...single, ...kept]);

    expect(load.failures).toEqual([]);
    expect(load.statuses).toEqual({ 200: load.answered });
    expect(load.connections).toBeGreaterThan(1_000);
    // The first one serves its tunnel until that ends, and then ends itself.
    tunnel.send('still here');
    expect(String((await once(tunnel, 'message'))[0])).toBe('still here');
    expect(first.child.exitCode).toBe(null);
    tunnel.close();
    expect(await first.exited).toBe(0);
    expect(first.log.at(-1)).toMatchObject({ msg: 'stopped, nothing was cut' });

    // All three kept one log: a record for each request, whoever served it.
    const logs = await third.api<{ ledger: Totals['ledger'] }>('GET', '/api/v1/status');
    expect(logs.body.ledger.dropped).toBe(0);
    await recorded(third, load.answered + 1);
    const roster = await third.api<{ items: { pid: number }[] }>('GET', '/api/v1/balancers');
    expect(roster.body.items.map(({ pid }) => pid)).toEqual([third.child.pid]);
  }, 180_000);

  it('refuses wrong use with what to do, and the running one goes on', async () => {
    const backend = await stage.backend();
    const services = [{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }];
    const balancer = await stage.balancer(configOf(services));
    const door = `${balancer.dir}/data/admin.token.takeover`;
    expect((await stat(door)).mode & 0o777).toBe(0o600);

    const other = configOf(services, { listeners: [{ host: '127.0.0.1', port: 65_432 }] });
    expect(await failure(balancer, other)).toContain(
      `the running balancer (process ${balancer.child.pid}) listens on 127.0.0.1:${balancer.trafficPort}, this configuration says 127.0.0.1:65432. A takeover changes no address: restart it instead.`,
    );
    const admin = configOf(services, { admin: { host: '127.0.0.1', port: 65_433 } });
    expect(await failure(balancer, admin)).toContain('has its admin API on 127.0.0.1:');

    const nowhere = await mkdtemp(`${balancer.dir}/empty-`);
    const alone = await velocity(['run', '--takeover', '--to', ':9', '--data', nowhere, '--listen', ':0']);
    expect(alone.code).toBe(1);
    expect(alone.out + alone.err).toContain(
      `no running balancer answers at ${nowhere}/admin.token.takeover. Start it without --takeover`,
    );
    const unnamed = await velocity(['run', '--takeover', '--to', ':9']);
    expect([unnamed.code, unnamed.err]).toEqual([
      2,
      expect.stringContaining('--takeover with --to needs --data'),
    ]);

    // What is no message of ours closes that connection, and nothing else.
    const stranger = connect(door);
    stranger.write('GET / HTTP/1.1\r\n\r\n');
    await once(stranger.resume(), 'close');
    expect((await balancer.api('GET', '/health/ready')).status).toBe(200);
    if (process.getuid?.() !== 0) {
      await chmod(door, 0);
      expect(await failure(balancer, configOf(services))).toContain('belongs to another user');
    }
  }, 60_000);

  it('that fails on its way leaves the running one as it was', async () => {
    const backend = await stage.backend();
    const config = configOf([{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }]);
    const balancer = await stage.balancer(config);
    const load = new TakeoverLoad(balancer.trafficPort);
    const running = load.start(8, false);
    // Its worker module cannot start: found out only when the sockets have been handed over, or before.
    const broken = BalancerProcess.start(config, {
      dir: balancer.dir,
      args: ['--takeover'],
      env: {
        NODE_OPTIONS: `--import ${new URL('../support/failing-worker-preload.mjs', import.meta.url).pathname}`,
      },
    });
    await expect(broken).rejects.toThrow('WORKER_FAILED');
    const before = load.answered;
    await Observation.until(() => load.answered > before + 200, 'the load goes on');
    load.stop();
    await Promise.all(running);
    expect(load.failures).toEqual([]);
    const next = await successor(balancer, config);
    expect(await balancer.exited).toBe(0);
    expect(next.trafficPort).toBe(balancer.trafficPort);
  }, 120_000);

  /** Another balancer with the same files, which takes over. */
  async function successor(before: BalancerProcess, config: object, workers = 2): Promise<BalancerProcess> {
    return stage.balancer({ ...config, workers }, { dir: before.dir, args: ['--takeover'] });
  }

  async function failure(balancer: BalancerProcess, config: object): Promise<string> {
    return BalancerProcess.start(config, { dir: balancer.dir, args: ['--takeover'] }).then(
      () => 'it started',
      (error: Error) => error.message,
    );
  }
});

/** Clients that ask one request after the other, each on a connection of its own or on one that they keep. */
class TakeoverLoad {
  answered = 0;
  connections = 0;
  readonly statuses: Record<number, number> = {};
  readonly failures: string[] = [];
  private isStopped = false;

  constructor(private readonly port: number) {}

  start(clients: number, keepAlive: boolean): Promise<void>[] {
    return Array.from({ length: clients }, () => this.run(keepAlive));
  }

  stop(): void {
    this.isStopped = true;
  }

  private async run(keepAlive: boolean): Promise<void> {
    const agent = new http.Agent({ keepAlive, maxSockets: 1 });
    while (!this.isStopped) await this.ask(agent);
    agent.destroy();
  }

  private ask(agent: http.Agent): Promise<void> {
    return new Promise((resolve) => {
      const request = http.get({ port: this.port, host: '127.0.0.1', agent }, (response) => {
        response.resume().once('close', () => {
          if (!response.complete) this.failures.push('cut');
          this.statuses[response.statusCode!] = (this.statuses[response.statusCode!] ?? 0) + 1;
          this.answered++;
          resolve();
        });
      });
      request.on('socket', () => (this.connections += request.reusedSocket ? 0 : 1));
      request.on('error', (error: NodeJS.ErrnoException) => {
        this.failures.push(
          `${error.code ?? error.message}${request.reusedSocket ? ' on a kept connection' : ''}`,
        );
        resolve();
      });
    });
  }
}
