import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { eventually } from '../../../../test/support/eventually.js';
import type { Findings } from '../found.js';
import { FileSource } from './file.source.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function started(content: string | null) {
  const folder = await mkdtemp(path.join(tmpdir(), 'velocity-file-source-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'shop.yml');
  if (content !== null) await writeFile(file, content);
  const source = new FileSource(file, 'shop');
  const seen: Findings[] = [];
  source.start((findings) => seen.push(findings));
  closing.push(() => source.stop());
  const urls = () => seen.at(-1)?.backends.map(({ backend }) => backend.url);
  const shows = (...expected: string[]) => eventually(async () => expect(urls()).toEqual(expected));
  const complains = (text: string) => eventually(async () => expect(source.problem()).toContain(text));
  return { file, source, seen, urls, shows, complains };
}

it('follows its file, written in place or put in its place', async () => {
  const { file, source, seen, shows } = await started('- { url: http://10.0.0.1, weight: 3 }\n');
  await shows('http://10.0.0.1:80');
  expect(seen[0]).toEqual({
    backends: [
      { service: 'shop', backend: { url: 'http://10.0.0.1:80', weight: 3 }, place: `${file}, entry 1` },
    ],
    services: [],
    problems: [],
  });
  await writeFile(file, JSON.stringify(['http://10.0.0.1', 'http://10.0.0.2']));
  await shows('http://10.0.0.1:80', 'http://10.0.0.2:80');
  await writeFile(`${file}.new`, '[]');
  await rename(`${file}.new`, file);
  await shows();
  expect(source.problem()).toBe('');
});

it('keeps what a broken file held, and names line and key', async () => {
  const { file, shows, complains, source, urls } = await started('- http://10.0.0.1\n');
  await shows('http://10.0.0.1:80');
  await writeFile(file, '- http://10.0.0.1\n- url: http://10.0.0.2\n  wieght: 2\n');
  await complains(`${file}:3:3: [1].wieght: `);
  await rm(file);
  await complains('does not exist');
  await writeFile(file, '');
  await complains('is empty');
  expect(urls()).toEqual(['http://10.0.0.1:80']);
  await writeFile(file, '- http://10.0.0.2\n');
  await shows('http://10.0.0.2:80');
  expect(source.problem()).toBe('');
});

it('says that a file is missing, and takes it when it comes', async () => {
  const { file, seen, shows, complains } = await started(null);
  await complains('does not exist');
  expect(seen).toEqual([]);
  await writeFile(file, '[http://10.0.0.1]');
  await shows('http://10.0.0.1:80');
});
