import { createServer, type RequestListener, type Server } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { LoadReport } from '../../../src/cli/bench/load.report.js';
import { listening } from '../../support/listening.js';
import { CliProcess, velocity } from '../../support/cli.process.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function origin(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  return listening(server);
}

async function report(...args: string[]): Promise<LoadReport & { code: number | null }> {
  const { out, err, code } = await velocity(['bench', ...args, '--json']);
  expect(err).toBe('');
  return { ...(JSON.parse(out) as LoadReport), code };
}

describe('velocity bench', () => {
  it('sends as many requests as asked, and counts every answer', async () => {
    let asked = 0;
    const url = await origin((_, response) => {
      asked++;
      response.end('hello');
    });
    const result = await report(url, '-c', '10', '-n', '500');
    expect(asked).toBe(500);
    expect(result).toMatchObject({
      code: 0,
      url: `${url}/`,
      method: 'GET',
      connections: 10,
      wanted: { requests: 500, durationMs: null, rate: null },
      interrupted: false,
      answered: 500,
      refused: 0,
      unanswered: 0,
      succeeded: true,
      statuses: { 200: 500 },
      errors: {},
    });
    const { min, p50, p99, max } = result.latencyUs!;
    expect([min, p50, p99, max]).toEqual([min, p50, p99, max].sort((a, b) => a - b));
    expect(min).toBeGreaterThan(0);
    expect(result.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(500);
    expect(result.requestsPerSecond).toBeGreaterThan(0);
  });

  it('shows people a table and a picture, progress beside it', async () => {
    const url = await origin((_, response) => void response.end('hello'));
    const { out, code } = await velocity(['bench', url, '-n', '200', '-c', '300']);
    expect(code).toBe(0);
    expect(out).toContain('200 connections');
    expect(out).toMatch(/answered +200 \(/);
    expect(out).toContain('200: 200');
    expect(out).toMatch(/MIN +MEAN +P50|min +mean +p50/);
    expect(out).toMatch(/ms +█+.* \d+ \(\d/);
  });

  it('sends method, headers and body', async () => {
    const seen = new Set<string>();
    const url = await origin((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.add([request.method, request.url, request.headers['x-one'], body].join(' '));
        response.end();
      });
    });
    const directory = mkdtempSync(join(tmpdir(), 'velocity-bench-'));
    const file = join(directory, 'body');
    writeFileSync(file, 'from a file');
    await report(`${url}/a?b=c`, '-n', '10', '-m', 'put', '-b', 'text', '-H', 'X-One: 1');
    await report(`${url}/file`, '-n', '10', '-i', file);
    await report(`${url}/head`, '-n', '10', '-m', 'HEAD');
    rmSync(directory, { recursive: true });
    expect([...seen]).toEqual(['PUT /a?b=c 1 text', 'POST /file  from a file', 'HEAD /head  ']);
  });

  it('goes on for a time, at a rate', async () => {
    const url = await origin((_, response) => void response.end('hello'));
    const result = await report(url, '-c', '4', '-d', '2s', '--rate', '20');
    expect(result.durationMs).toBeGreaterThanOrEqual(1_900);
    expect(result.answered).toBeGreaterThanOrEqual(20);
    expect(result.answered).toBeLessThanOrEqual(80);
  });

  it('tells refusals from what is not answered, and fails for both', async () => {
    let count = 0;
    const url = await origin((request, response) => {
      count++;
      if (count % 10 === 0) return void request.socket.destroy();
      response.statusCode = count % 10 === 1 ? 503 : 200;
      response.end('x');
    });
    const result = await report(url, '-c', '1', '-n', '100');
    expect(result).toMatchObject({ code: 1, succeeded: false, refused: 10, unanswered: 10, answered: 90 });
    expect(result.statuses).toEqual({ 200: 80, 503: 10 });
    expect(Object.values(result.errors)).toEqual([10]);
  });

  it('does not wait longer for an answer than it may', async () => {
    const url = await origin(() => undefined);
    const result = await report(url, '-c', '2', '-n', '2', '--timeout', '300ms');
    expect(result).toMatchObject({ code: 1, answered: 0, errors: { timeout: 2 }, latencyUs: null });
  });

  it('ends with Ctrl-C and shows what there is', async () => {
    let tell = () => undefined as void;
    const some = new Promise<void>((resolve) => (tell = resolve));
    let count = 0;
    const url = await origin((_, response) => {
      if (++count === 50) tell();
      response.end('hello');
    });
    const run = CliProcess.start(['bench', url, '-d', '1h', '-c', '2', '--rate', '100', '--json']);
    await some;
    const { code, out } = await run.stop('SIGINT');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ interrupted: true, unanswered: 0, succeeded: true });
  });
});

describe('velocity bench refuses', () => {
  it.each([
    [['http://'], 'is no URL'],
    [['ftp://localhost'], 'only http: and https: can'],
    [['http://localhost:1', '-n', '0'], 'whole number'],
    [['http://localhost:1', '-n', '1', '-d', '1s'], 'either -n'],
    [['http://localhost:1', '-H', 'nonsense'], 'is no header'],
    [['http://localhost:1', '-m', 'FETCH'], 'is no method'],
    [['http://localhost:1', '-i', '/nowhere/body'], 'cannot be read'],
    [['http://localhost:1', '-b', 'a', '-i', 'b'], '-b or with -i'],
    [['http://192.0.2.1/'], 'Add --yes'],
  ])('%j', async (args, message) => {
    const { code, err, out } = await velocity(['bench', ...args]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  it('a target where nothing listens', async () => {
    const server = createServer();
    const { port } = new URL(await listening(server));
    await new Promise((resolve) => server.close(resolve));
    const { code, err } = await velocity(['bench', `127.0.0.1:${port}`]);
    expect(code).toBe(1);
    expect(err).toContain(`127.0.0.1:${port} cannot be reached: nothing listens there.`);
  });
});
