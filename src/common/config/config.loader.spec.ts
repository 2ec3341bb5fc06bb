import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfigFile, MAX_CONFIG_BYTES } from './config.loader.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'velocity-load-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('loads a file, with the bytes it read', async () => {
  const path = join(folder, 'velocity.yml');
  writeFileSync(path, 'via: ${NAME}\n');
  const { config, content, input } = await loadConfigFile(path, { NAME: 'edge' });
  expect(config.via).toBe('edge');
  expect(input).toEqual({ via: 'edge' });
  expect(content.toString()).toBe('via: ${NAME}\n');
});

it('loads a file with a byte order mark and Windows line ends', async () => {
  const path = join(folder, 'bom.yml');
  writeFileSync(path, '\uFEFFvia: edge\r\nworkers: 2\r\n');
  const { config } = await loadConfigFile(path, {});
  expect([config.via, config.workers]).toEqual(['edge', 2]);
});

it.each([
  ['missing.yml', 'does not exist: check the path, or write the file'],
  ['.', 'is no file: name a YAML file'],
  ['below-a-file.yml/velocity.yml', 'cannot be read: ENOTDIR: not a directory, open'],
  ['large.yml', `has ${MAX_CONFIG_BYTES + 1} bytes: at most ${MAX_CONFIG_BYTES} are read`],
])('refuses %s: %s', async (name, message) => {
  writeFileSync(join(folder, 'below-a-file.yml'), '');
  writeFileSync(join(folder, 'large.yml'), '');
  truncateSync(join(folder, 'large.yml'), MAX_CONFIG_BYTES + 1);
  const path = join(folder, name);
  const failure = loadConfigFile(path, {});
  await expect(failure).rejects.toMatchObject({
    code: 'CONFIG_UNREADABLE',
    issues: [{ path: '', file: path }],
  });
  await expect(failure).rejects.toThrow(`${path}: ${message}`);
});
