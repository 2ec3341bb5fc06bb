import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SimulationReport } from '../../../src/cli/simulate/simulation.report.js';
import { parseConfigText } from '../../../src/common/config/index.js';
import { decide, NO_MEMORY } from '../../../src/modules/autoscaling/decision/index.js';
import { velocity } from '../../support/cli.process.js';
import { listening } from '../../support/listening.js';
import { observation } from '../../support/scaling.js';

const PAGE = readFileSync(new URL('../../../docs/autoscaling.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...PAGE.matchAll(/^```(\w*)\n([^]*?)^```$/gm)]
    .filter(([, named]) => named === language)
    .map(([, , text]) => text!);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'velocity-simulate-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const CONFIG = `
drivers: { process: {} }
services:
  - name: shop
    maxInFlightPerBackend: 40
    queue: { size: 1000, hold: 30s }
    scaling:
      process: { command: node, ports: 9200-9299 }
      min: 2
      max: 20
      targets: { inFlight: 20 }
      down: { stabilisation: 30s }
  - name: plain
    hosts: [plain.test]
    backends: ['http://127.0.0.1:1']
`;
const JUMP = ['--step', '10,300,10', '--load', 'inFlight', '--for', '6m'];

async function report(...args: string[]): Promise<SimulationReport> {
  const { out, err, code } = await velocity(['simulate', ...args, '--json']);
  expect({ err, code }).toEqual({ err: '', code: 0 });
  return JSON.parse(out) as SimulationReport;
}

describe('velocity simulate', () => {
  it('draws the course, says what changed and why, and what it comes to', async () => {
    const { out, err, code } = await velocity([
      'simulate',
      ...JUMP,
      '--target',
      'inFlight=20',
      '--max',
      '30',
    ]);
    expect({ err, code }).toEqual({ err: '', code: 0 });
    expect(out).toContain('backends (░ wanted, █ ready)');
    expect(out).toMatch(/2 min 5 s +1 → 15 +300 in flight for 1 backend, target 20: 15 wanted\n/);
    expect(out).toMatch(/^changes +\d+ in 72 decisions, 6 min$/m);
    expect(out).toMatch(/^backends +1 to 15, /m);
    expect(out).not.toContain('\u001b');
  });

  it('gives the same JSON each time, with every interval and every decision', async () => {
    const args = [...JUMP, '--target', 'inFlight=20', '--price', '2'];
    const [first, second] = [await report(...args), await report(...args)];
    expect(second).toEqual(first);
    expect(first.samples).toHaveLength(72);
    expect(first.decisions).toHaveLength(72);
    expect(first.summary.cost).toBeCloseTo(2 * first.summary.backendHours, 2);
    expect(first).toMatchObject({ service: null, recorded: null, load: 'inFlight', intervalMs: 5_000 });
  });

  it('takes settings from a file, and tries others', async () => {
    const config = file('velocity.yml', CONFIG);
    const before = await report(...JUMP, '--config', config);
    expect(before).toMatchObject({ service: 'shop', summary: { lowest: 2, highest: 15 } });
    const limited = await report(
      ...JUMP,
      '--config',
      config,
      '--service',
      'shop',
      '--max',
      '6',
      '--set',
      'up.step=3',
    );
    const rise = limited.decisions.filter(({ current, desired }) => desired > current);
    expect(rise.map(({ current, desired }) => [current, desired])).toEqual([
      [2, 5],
      [5, 6],
    ]);
    // Six have room for 240 of 300: the others wait.
    expect(Math.max(...limited.samples.map(({ waiting }) => waiting))).toBeGreaterThan(50);
  });

  it('reads a load from a file and from standard input', async () => {
    const trace = 'seconds,requestsPerSecond\n0,100\n60,450\n120,100\n';
    const args = ['--target', 'requestsPerSecond=100', '--set', 'down.stabilisation=0s'];
    const named = await report(file('load.csv', trace), ...args);
    expect(named.summary).toMatchObject({ highest: 5, requests: 39_000 });
    const piped = await velocity(['simulate', '-', ...args, '--json'], { input: trace });
    expect(JSON.parse(piped.out)).toEqual(named);
  });

  it('writes a picture for light and dark that stands alone', async () => {
    const path = join(folder, 'shop.svg');
    await report(...JUMP, '--config', file('velocity.yml', CONFIG), '--svg', path);
    const svg = readFileSync(path, 'utf8');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg).toContain('shop: 2 to 15 backends over 6 min');
    expect(svg.match(/<path class="line [^>]*d="M/g)!.length).toBeGreaterThanOrEqual(8);
    expect(svg).not.toMatch(/NaN|undefined|Infinity|https?:\/\/(?!www\.w3\.org)/);
    expect(svg.match(/<[a-z][^>]*[^/]>/g)!.length).toBe(svg.match(/<\/[a-z]+>/g)!.length);
  });
});

describe('velocity simulate, of a running balancer', () => {
  const START = Date.parse('2026-03-01T12:00:00Z');
  const decision = (seconds: number, current: number, desired: number, inFlight: number) => ({
    id: `d${seconds}`,
    time: START + seconds * 1_000,
    service: 'shop',
    kind: 'decision',
    current,
    desired,
    backend: null,
    instance: '',
    metric: 'inFlight',
    metrics: { inFlight },
    limits: [],
    reason: '',
  });
  const records = [decision(0, 2, 2, 10), decision(60, 2, 8, 150), decision(120, 8, 8, 160)];

  /** Answers as the admin API does. */
  async function balancer(items: readonly unknown[]) {
    const asked: string[] = [];
    const scaling = parseConfigText(CONFIG, 'test', {}).input.services?.[0]?.scaling;
    const server = createServer((request, response) => {
      asked.push(request.url!);
      const isLog = request.url!.startsWith('/api/v1/scaling-logs');
      const queue = { size: 0, timeoutMs: 1_000, holdMs: 0 };
      const service = {
        name: 'shop',
        definition: { name: 'shop', scaling },
        effective: { policies: { queue } },
      };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(isLog ? { items: items.toReversed(), next: null } : service));
    });
    const url = await listening(server);
    return { asked, env: { VELOCITY_ADMIN: url, VELOCITY_TOKEN: 'test' }, server };
  }

  it('takes its settings and the load that it saw, and says how far apart they are', async () => {
    const { asked, env, server } = await balancer(records);
    const args = ['simulate', '--service', 'shop', '--from-log', '--since', '1d', '--json'];
    const { out, err, code } = await velocity(args, { env });
    server.close();
    expect({ err, code }).toEqual({ err: '', code: 0 });
    expect(asked).toEqual([
      '/api/v1/services/shop',
      '/api/v1/scaling-logs?service=shop&kind=decision&from=-1d&limit=1000',
    ]);
    const result = JSON.parse(out) as SimulationReport;
    expect(result).toMatchObject({ startedAt: START, load: 'inFlight', durationMs: 180_000 });
    // Two, and at most four more at a time: six are what the model comes to first.
    expect(result.recorded).toMatchObject({ decisions: [{ desired: 2 }, { desired: 8 }, { desired: 8 }] });
    expect(result.recorded!.mostApart).toBeLessThanOrEqual(2);
  });

  it('says when the log has nothing of it', async () => {
    const { env, server } = await balancer([]);
    const { err, code } = await velocity(['simulate', '--service', 'shop', '--from-log'], { env });
    server.close();
    expect(code).toBe(1);
    expect(err).toContain('The scaling log has no decisions with a load of shop in this time.');
  });
});

describe('velocity simulate refuses', () => {
  const TARGET = ['--target', 'inFlight=20'];

  it.each([
    ['no load', TARGET, 'No load is named.'],
    ['two loads', ['--constant', '5', '--step', '1,2', ...TARGET], 'More than one load is named'],
    ['no settings', ['--constant', '5'], 'Nothing says how the service scales'],
    ['a target that there is not', ['--constant', '5', '--target', 'inflight=3'], 'did you mean "inFlight"?'],
    ['a target without a value', ['--constant', '5', '--target', 'p95'], 'such as inFlight=20; not "p95"'],
    ['min above max', ['--constant', '5', '--min', '4', '--max', '2'], 'min: 4 is above max (2)'],
    ['a load that is none', ['--constant', 'x', ...TARGET], "argument 'x' is invalid"],
    ['half a wave', ['--sine', '5', ...TARGET], '--sine takes the lowest and the highest load'],
    ['a begin that is none', ['--constant', '5', '--begin', 'noon', ...TARGET], '"noon" is no time'],
    ['a file that is not there', ['nowhere.csv', ...TARGET], 'nowhere.csv does not exist.'],
    [
      'a configuration that is not there',
      ['--constant', '5', '--config', 'no.yml'],
      'no.yml: does not exist',
    ],
    ['a log of nobody', ['--from-log', ...TARGET], '--from-log needs --service'],
  ])('%s', async (_, args, message) => {
    const { out, err, code } = await velocity(['simulate', ...args]);
    expect(err).toContain(message);
    expect({ out, code }).toEqual({ out: '', code: 2 });
  });

  it('a line of a load, by its number', async () => {
    const { err, code } = await velocity(['simulate', file('bad.csv', '0,1\n\n5,many\n9,-1\n'), ...TARGET]);
    expect(code).toBe(2);
    expect(err).toContain('bad.csv, line 3: the load must be a number from 0');
    expect(err).toMatch(/bad\.csv:4:1: the load must be a number from 0 to \d+, not "-1"/);
  });

  it('a service that does not scale, or that there is not', async () => {
    const config = file('velocity.yml', CONFIG);
    const asked = (name: string) =>
      velocity(['simulate', '--constant', '5', '--config', config, '--service', name]);
    expect((await asked('plain')).err).toContain('Service plain has no scaling');
    expect((await asked('shopp')).err).toContain('has no service "shopp": did you mean shop?');
  });
});

describe('docs/autoscaling.md', () => {
  it('shows what the command prints', async () => {
    const [block] = blocks('console');
    const [command, ...shown] = block!.trimEnd().split('\n');
    const args = command!.replace(/^\$ velocity /, '').split(' ');
    const { out, code } = await velocity(args);
    expect(code).toBe(0);
    expect(shown.map((line) => line.trimEnd())).toEqual(
      out
        .trimEnd()
        .split('\n')
        .map((line) => line.trimEnd()),
    );
  });

  it('has configurations that hold', () => {
    const configurations = blocks('yaml');
    expect(configurations).toHaveLength(2);
    for (const text of configurations) {
      const whole = text.startsWith('drivers:') ? text : `drivers: { process: {} }\n${text}`;
      expect(parseConfigText(whole, 'page', {}).config.services[0]!.scaling).not.toBeNull();
    }
  });

  it('tells an example that goes as it says', () => {
    const { scaling } = parseConfigText(blocks('yaml')[0]!, 'page', {}).config.services[0]!;
    const seen = (time: number, current: number, inFlight: number) =>
      observation(current, { inFlight, p95Ms: 10 }, { time });
    const reasons: string[] = [];
    const counts: number[] = [];
    let memory = NO_MEMORY;
    let current = 2;
    const loads = [48, 400, 400, 400, ...Array.from({ length: 63 }, () => 10)];
    for (const [index, inFlight] of loads.entries()) {
      const answer = decide(scaling!, seen(index * 5_000, current, inFlight), memory, 0);
      ({ memory } = answer);
      current = answer.decision.desired;
      counts.push(current);
      reasons.push(answer.decision.reason);
    }
    expect(counts.slice(0, 5)).toEqual([3, 20, 20, 20, 20]);
    // The window of five minutes is over 60 intervals after the last look at the load.
    expect(counts.slice(61)).toEqual([20, 20, 10, 5, 3, 2]);
    const sentences = blocks('')
      .flatMap((block) => block.trim().split('\n'))
      .filter((line) => / wanted/.test(line));
    expect(sentences).toHaveLength(4);
    expect(sentences.filter((sentence) => !reasons.includes(sentence))).toEqual([]);
  });

  it('tells what a long queue does without a step, and with one', async () => {
    const [block] = blocks('sh');
    const args = block!.replaceAll('\\\n', ' ').trim().split(/\s+/).slice(2);
    const course = async (...more: string[]) => {
      const { decisions, summary } = await report(...args, ...more);
      const rise = decisions.filter(({ current, desired }) => desired > current);
      const lastUp = rise.at(-1)!.time;
      expect(decisions.filter(({ time, current, desired }) => time < lastUp && desired < current)).toEqual(
        [],
      );
      return [summary.highest, summary.aboveTargetMs / 1_000, summary.refused > 1_000];
    };
    const step = ['--set', 'up.step=[4, 100%]'];
    const short = ['--queue-size', '100'];
    expect(await course()).toEqual([50, 5, false]);
    expect(await course(...step)).toEqual([20, 15, false]);
    expect(await course(...short)).toEqual([10, 10, true]);
    expect(await course(...step, ...short)).toEqual([10, 10, true]);
  });

  it('is linked from the start page', () => {
    expect(existsSync(new URL('../../../README.md', import.meta.url))).toBe(true);
    expect(readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')).toContain(
      'docs/autoscaling.md',
    );
  });
});
