import { execFileSync, spawn } from 'node:child_process';
import { constants, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { RandomRecords } from '../../../../../test/support/random-records.js';
import { RecordingLog } from '../../../../../test/support/recording-log.js';
import type { AccessLogOutput } from '../../../../common/config/index.js';
import type { AccessLogRecord } from '../../../../common/contract/index.js';
import { AccessLogOutputs } from './access-log.outputs.js';

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'velocity-outputs-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function records(count: number, from = 0): AccessLogRecord[] {
  const random = new RandomRecords(9);
  return Array.from({ length: count }, (_, index) => ({
    ...random.record(),
    time: 1_700_000_000_000,
    requestId: `request-${from + index}`,
  }));
}

function start(...settings: AccessLogOutput[]) {
  const log = new RecordingLog();
  return { outputs: new AccessLogOutputs(settings, log), log };
}

function idsIn(file: string): string[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => (JSON.parse(line) as AccessLogRecord).requestId);
}

function names(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `request-${from + index}`);
}

const written = (outputs: AccessLogOutputs) => outputs.stats()[0]!.written;

describe('a file', () => {
  it('is made for its owner and group, and appended to', async () => {
    const to = path.join(folder(), 'access.log');
    for (const from of [0, 300]) {
      const { outputs } = start({ to, format: 'json' });
      for (let batch = 0; batch < 3; batch++) outputs.write(records(100, from + batch * 100));
      await outputs.close();
      expect(outputs.stats()).toEqual([{ to, written: 300, lost: 0, waiting: 0, lastError: '' }]);
    }
    expect(statSync(to).mode & 0o777).toBe(0o640 & ~process.umask());
    expect(idsIn(to)).toEqual(names(0, 600));
  });

  it('is made again when it was moved away, and every line is in one of the two', async () => {
    const to = path.join(folder(), 'access.log');
    const { outputs } = start({ to, format: 'json' });
    outputs.write(records(50));
    await vi.waitFor(() => expect(written(outputs)).toBe(50));
    renameSync(to, `${to}.1`);
    let count = 50;
    await vi.waitFor(
      () => {
        outputs.write(records(10, count));
        count += 10;
        expect(existsSync(to)).toBe(true);
      },
      { timeout: 10_000, interval: 50 },
    );
    await outputs.close();
    expect([...idsIn(`${to}.1`), ...idsIn(to)]).toEqual(names(0, count));
    expect(outputs.stats()[0]).toMatchObject({ written: count, lost: 0 });
  });

  it('that cannot be opened costs nothing until it can', async () => {
    const inner = path.join(folder(), 'later');
    const to = path.join(inner, 'access.log');
    const { outputs, log } = start({ to, format: 'json' });
    outputs.write(records(5));
    await vi.waitFor(() => expect(outputs.stats()[0]!.lastError).toMatch(/ENOENT/));
    expect(log.lines).toHaveLength(1);
    execFileSync('mkdir', [inner]);
    await vi.waitFor(() => expect(written(outputs)).toBe(5), { timeout: 10_000 });
    expect(outputs.stats()[0]).toMatchObject({ lost: 0, lastError: '' });
    await outputs.close();
    expect(idsIn(to)).toEqual(names(0, 5));
  });

  it('on a full disk loses what does not fit into memory, counts it, and blocks nobody', async () => {
    const { outputs, log } = start({ to: '/dev/full', format: 'json' });
    const batch = records(2_000);
    const since = performance.now();
    for (let count = 0; count < 20; count++) outputs.write(batch);
    expect(performance.now() - since).toBeLessThan(10_000);
    await vi.waitFor(() => expect(outputs.stats()[0]!.lastError).toMatch(/ENOSPC/));
    const { written: done, lost, waiting } = outputs.stats()[0]!;
    expect(done).toBe(0);
    expect(lost).toBeGreaterThan(0);
    expect(lost + waiting).toBe(40_000);
    await outputs.close();
    expect(outputs.stats()[0]).toMatchObject({ written: 0, lost: 40_000, waiting: 0 });
    expect(log.lines).toHaveLength(1);
  });
});

describe('a pipe', () => {
  async function pipe() {
    const to = path.join(folder(), 'pipe');
    execFileSync('mkfifo', [to]);
    // Both ends, so that opening waits for nobody.
    const reader = await open(to, constants.O_RDWR | constants.O_NONBLOCK);
    onTestFinished(() => reader.close());
    return { to, reader };
  }

  it('whose reader stops holds up nobody, and goes on with the reader', async () => {
    const { to } = await pipe();
    const { outputs } = start({ to, format: 'combined' });
    for (let count = 0; count < 20; count++) outputs.write(records(100, count * 100));
    await vi.waitFor(() => expect(outputs.stats()[0]!.lastError).toBe('nobody reads what was written'));
    expect(outputs.stats()[0]).toMatchObject({ lost: 0 });
    const cat = spawn('cat', [to], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void cat.kill('SIGKILL'));
    let lines = 0;
    cat.stdout.on('data', (bytes: Buffer) => (lines += bytes.toString('latin1').split('\n').length - 1));
    await vi.waitFor(() => expect(lines).toBe(2_000), { timeout: 10_000 });
    await outputs.close();
    expect(outputs.stats()[0]).toEqual({ to, written: 2_000, lost: 0, waiting: 0, lastError: '' });
  });

  it('that nobody reads any more delays the end by its deadline alone, and what it held is counted', async () => {
    const { to } = await pipe();
    const { outputs } = start({ to, format: 'json' });
    for (let count = 0; count < 20; count++) outputs.write(records(100));
    const since = performance.now();
    await outputs.close();
    expect(performance.now() - since).toBeLessThan(10_000);
    const { written: done, lost, waiting } = outputs.stats()[0]!;
    expect(waiting).toBe(0);
    expect(done + lost).toBe(2_000);
    expect(lost).toBeGreaterThan(0);
    outputs.write(records(3));
    expect(outputs.stats()[0]!.lost).toBe(lost + 3);
  });
});
