import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VelocityError } from '../errors/index.js';
import { ConfigWatcher } from './config.watcher.js';

let folder: string;
let watcher: ConfigWatcher | null = null;
let changes: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'velocity-watch-'));
  changes = [];
});

afterEach(() => {
  watcher?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Watches a file that was loaded with this content; records each change. */
function watch(path: string, content: string, confirm = 500): ConfigWatcher {
  watcher = new ConfigWatcher(path, Buffer.from(content), { settle: 100, confirm, poll: 2_000 });
  watcher.on('changed', (bytes) => changes.push(bytes.toString()));
  watcher.start();
  return watcher;
}

function inFolder(name: string, content?: string): string {
  const path = join(folder, name);
  if (content !== undefined) writeFileSync(path, content);
  return path;
}

describe('ConfigWatcher', () => {
  it('sees a write in place', async () => {
    const path = inFolder('velocity.yml', 'via: a\n');
    const changed = once(watch(path, 'via: a\n'), 'changed');
    writeFileSync(path, 'via: b\n');
    await changed;
    expect(changes).toEqual(['via: b\n']);
  });

  it('sees an atomic replace, and the next one', async () => {
    const path = inFolder('velocity.yml', 'via: a\n');
    watch(path, 'via: a\n');
    for (const next of ['via: b\n', 'via: c\n']) {
      const changed = once(watcher!, 'changed');
      renameSync(inFolder('velocity.yml.tmp', next), path);
      await changed;
    }
    expect(changes).toEqual(['via: b\n', 'via: c\n']);
  });

  it('sees the save of an editor: old file renamed away, new file written', async () => {
    const path = inFolder('velocity.yml', 'via: a\n');
    const problems: VelocityError[] = [];
    const changed = once(watch(path, 'via: a\n'), 'changed');
    watcher!.on('problem', (error) => problems.push(error));
    renameSync(path, `${path}~`);
    writeFileSync(path, 'via: b\n');
    unlinkSync(`${path}~`);
    await changed;
    expect(changes).toEqual(['via: b\n']);
    expect(problems).toEqual([]);
  });

  it('sees Kubernetes swap the directory link behind a mounted ConfigMap', async () => {
    for (const [name, content] of [
      ['..1', 'via: a\n'],
      ['..2', 'via: b\n'],
      ['..3', 'via: c\n'],
    ] as const) {
      mkdirSync(join(folder, name));
      inFolder(`${name}/velocity.yml`, content);
    }
    symlinkSync('..1', join(folder, '..data'));
    symlinkSync('..data/velocity.yml', join(folder, 'velocity.yml'));
    watch(join(folder, 'velocity.yml'), 'via: a\n');
    for (const next of ['..2', '..3']) {
      const changed = once(watcher!, 'changed');
      symlinkSync(next, join(folder, '..data_tmp'));
      renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
      await changed;
    }
    expect(changes).toEqual(['via: b\n', 'via: c\n']);
  });

  it('tells of a deleted file once, and of its return even with the same bytes', async () => {
    const path = inFolder('velocity.yml', 'via: a\n');
    watch(path, 'via: a\n');
    const problem = once(watcher!, 'problem') as Promise<[VelocityError]>;
    unlinkSync(path);
    const [error] = await problem;
    expect(error.code).toBe('CONFIG_UNREADABLE');
    expect(error.message).toBe(`${path}: does not exist: check the path, or write the file`);
    const changed = once(watcher!, 'changed');
    writeFileSync(path, 'via: a\n');
    await changed;
    expect(changes).toEqual(['via: a\n']);
  });

  it('sees the file return in a directory that was removed and made again', async () => {
    mkdirSync(join(folder, 'config'));
    const path = inFolder('config/velocity.yml', 'via: a\n');
    watch(path, 'via: a\n');
    const problem = once(watcher!, 'problem');
    rmSync(join(folder, 'config'), { recursive: true });
    await problem;
    const changed = once(watcher!, 'changed');
    mkdirSync(join(folder, 'config'));
    inFolder('config/velocity.yml', 'via: b\n');
    await changed;
    expect(changes).toEqual(['via: b\n']);
  });

  it('says nothing of a save without a change, nor of other files', async () => {
    const path = inFolder('velocity.yml', 'via: a\n');
    watch(path, 'via: a\n');
    renameSync(inFolder('velocity.yml.tmp', 'via: a\n'), path);
    inFolder('other.yml', 'via: x\n');
    // The next real change is the first that is told.
    const changed = once(watcher!, 'changed');
    writeFileSync(path, 'via: b\n');
    await changed;
    expect(changes).toEqual(['via: b\n']);
  });

  it('tells of several writes in a row once, with the last bytes', async () => {
    const path = inFolder('velocity.yml', 'via: a\n');
    const changed = once(watch(path, 'via: a\n'), 'changed');
    for (const name of ['b', 'c', 'd']) writeFileSync(path, `via: ${name}\n`);
    await changed;
    expect(changes).toEqual(['via: d\n']);
  });

  it('does not take a file for empty that is just being written', async () => {
    const path = inFolder('velocity.yml', 'via: a\n');
    const changed = once(watch(path, 'via: a\n', 10_000), 'changed');
    writeFileSync(path, '');
    // A slow writer: longer than the quiet time, much shorter than an empty file is doubted.
    setTimeout(() => writeFileSync(path, 'via: b\n'), 300);
    await changed;
    expect(changes).toEqual(['via: b\n']);
  });

  it('believes a file that stays empty', async () => {
    const path = inFolder('velocity.yml', 'via: a\n');
    const changed = once(watch(path, 'via: a\n'), 'changed');
    writeFileSync(path, '');
    await changed;
    expect(changes).toEqual(['']);
  });

  it('sees what happened between loading and start', async () => {
    const path = inFolder('velocity.yml', 'via: b\n');
    await once(watch(path, 'via: a\n'), 'changed');
    expect(changes).toEqual(['via: b\n']);
  });
});
