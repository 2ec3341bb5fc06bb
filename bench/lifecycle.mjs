/**
 * How long the life of a balancer takes: `npm run bench -- lifecycle`, or only a part of it: `npm run bench -- lifecycle start`
 * (or `many`: all that needs 10,000 backends). Prints the median of several rounds.
 *
 *   start      from `npm start` on a built tree to the first served request
 *   many       the same for 10,000 backends in 1,000 services, from the process's start
 *   reload     from saving the file with one backend changed (of 10,000) to every worker running it, and the longest
 *              gap that traffic saw meanwhile
 *   added      from the API call that adds a backend to the first request that it serves
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../test/support/free-ports.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const MAIN = path.join(ROOT, 'dist', 'main.js');
const ROUNDS = 5;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const report = (name, values) =>
  console.log(
    `${name.padEnd(44)} median ${median(values).toFixed(0).padStart(6)} ms   (${values.map((v) => v.toFixed(0)).join(', ')})`,
  );

function get(port, host) {
  return new Promise((resolve) => {
    const call = http.get({ host: '127.0.0.1', port, headers: { host }, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    call.on('error', () => resolve(0));
  });
}

/** Asks until it is served; resolves with the time. Bounded. */
async function untilServed(port, host, deadlineMs = 30_000) {
  const deadline = performance.now() + deadlineMs;
  while (performance.now() < deadline) {
    if ((await get(port, host)) === 200) return performance.now();
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`nothing served ${host} on port ${port} in ${deadlineMs} ms`);
}

async function run(command, args, options) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
  const lines = createInterface({ input: child.stdout });
  const waiters = new Set();
  const seen = [];
  lines.on('line', (line) => {
    seen.push(line);
    for (const wake of waiters) wake();
  });
  const logged = async (fits) => {
    for (;;) {
      const line = seen.find(fits);
      if (line) return line;
      await new Promise((resolve) => {
        const wake = () => (waiters.delete(wake), resolve());
        waiters.add(wake);
      });
    }
  };
  const stop = async () => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  return { child, logged, stop };
}

async function benchStart() {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    const dir = await mkdtemp(path.join(tmpdir(), 'velocity-bench-'));
    const [port, admin] = [await freePort(), await freePort()];
    const text = (await readFile(path.join(ROOT, 'config/velocity.yml'), 'utf8'))
      .replace(/port: 8000/, `port: ${port}`)
      .replace(/port: 3000/, `port: ${admin}`)
      .replace(/data\//g, `${dir}/`);
    const file = path.join(dir, 'velocity.yml');
    await writeFile(file, text);
    const started = performance.now();
    const child = await run('npm', ['start', '--silent', '--', '--config', file, '--demo'], { cwd: ROOT });
    times.push((await untilServed(port, 'shop.localhost')) - started);
    await child.stop();
    await rm(dir, { recursive: true, force: true });
  }
  report('npm start to first served request', times);
}

/** 10,000 loopback addresses of one server that listens on all of them. */
function manyServices(backendPort, weight = 1) {
  const address = (index) => `127.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
  return Array.from({ length: 1_000 }, (_, service) => ({
    name: `service-${service}`,
    hosts: [`service-${service}.test`],
    algorithm: 'least-connections',
    backends: Array.from({ length: 10 }, (_, backend) => ({
      url: `http://${address(service * 10 + backend + 1)}:${backendPort}`,
      weight: service === 0 && backend === 0 ? weight : 1,
    })),
  }));
}

async function benchMany() {
  const backend = http.createServer((_, response) => response.end('ok')).listen(0, '0.0.0.0');
  await once(backend, 'listening');
  const starts = [];
  const reloads = [];
  const gaps = [];
  const added = [];
  for (let round = 0; round < ROUNDS; round++) {
    const dir = await mkdtemp(path.join(tmpdir(), 'velocity-bench-'));
    const [port, admin] = [await freePort(), await freePort()];
    const file = path.join(dir, 'velocity.json');
    const save = async (weight) => {
      const config = {
        listeners: [{ host: '127.0.0.1', port }],
        admin: { host: '127.0.0.1', port: admin },
        workers: 2,
        log: { format: 'json' },
        services: manyServices(backend.address().port, weight),
      };
      await writeFile(`${file}.new`, JSON.stringify(config));
      await rename(`${file}.new`, file);
    };
    await save(1);
    const started = performance.now();
    const balancer = await run(process.execPath, [MAIN, 'run', '--config', file], { cwd: dir });
    starts.push((await untilServed(port, 'service-999.test')) - started);
    await balancer.logged((line) => line.includes('"event":"ready"'));
    const token = (await readFile(path.join(dir, 'data/admin.token'), 'utf8')).trim();
    const api = async (method, route, body) => {
      const answer = await fetch(`http://127.0.0.1:${admin}/api/v1${route}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: body && JSON.stringify(body),
      });
      return answer.json();
    };

    let longest = 0;
    const measured = new AbortController();
    const traffic = (async () => {
      while (!measured.signal.aborted) {
        const asked = performance.now();
        await get(port, 'service-500.test');
        longest = Math.max(longest, performance.now() - asked);
      }
    })();
    await save(7 + round);
    const saved = performance.now();
    await balancer.logged((line) => line.includes('configuration file applied'));
    reloads.push(performance.now() - saved);
    measured.abort();
    await traffic;
    gaps.push(longest);

    const fresh = http.createServer((_, response) => response.end('new')).listen(0, '127.0.0.1');
    await once(fresh, 'listening');
    const arrived = once(fresh, 'request').then(() => performance.now());
    const called = performance.now();
    await api('PUT', '/services/service-1', {
      name: 'service-1',
      hosts: ['service-1.test'],
      backends: [`http://127.0.0.1:${fresh.address().port}`],
    });
    await untilServed(port, 'service-1.test');
    added.push((await arrived) - called);
    fresh.closeAllConnections();
    fresh.close();
    await balancer.stop();
    await rm(dir, { recursive: true, force: true });
  }
  backend.closeAllConnections();
  backend.close();
  report('10,000 backends: start to first served', starts);
  report('10,000 backends: saved to applied', reloads);
  report('10,000 backends: longest request meanwhile', gaps);
  report('10,000 backends: API call to new one serving', added);
}

const [only = 'all'] = process.argv.slice(2);
if (only !== 'many') await benchStart();
if (only !== 'start') await benchMany();
