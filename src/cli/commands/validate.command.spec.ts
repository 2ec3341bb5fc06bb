import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runValidate, type ValidatedFile } from './validate.command.js';

let folder: string;
let good: string;
let bad: string;
let older: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'velocity-validate-'));
  good = write('good.yml', 'services:\n  - { name: a, backends: [http://a.test:80, http://b.test:80] }\n');
  bad = write('bad.yml', 'workers: 0\nvai: x\n');
  older = write('older.yml', 'api_port: ${PORT}\n');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function validate(paths: string[], { json = false, isTTY = false, env = {} } = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const stdout = { write: (text: string) => out.push(text) };
  const stderr = { write: (text: string) => err.push(text), isTTY };
  const code = await runValidate(paths, { json }, { env: { PORT: '3100', ...env }, stdout, stderr });
  return { code, out: out.join(''), err: err.join('') };
}

describe('velocity validate', () => {
  it('says in one line that a file holds', async () => {
    expect(await validate([good])).toEqual({
      code: 0,
      out: `${good}: valid, 1 service with 2 backends\n`,
      err: '',
    });
  });

  it('prints every error with its place, and ends with 2', async () => {
    const { code, out, err } = await validate([bad]);
    expect([code, out]).toEqual([2, '']);
    expect(err.split('\n')).toEqual([
      `${bad}:1:10: workers: 0 is out of range: write a whole number from 1 to 64`,
      `${bad}:2:1: vai: is no known key: did you mean "via"?`,
      `${bad}: 2 errors`,
      '',
    ]);
  });

  it('reads the files of addresses that a file names, and shows their errors with their own place', async () => {
    const feed = write('feed.txt', '192.0.2.7\n10.1.2.3/8\n');
    const missing = join(folder, 'missing.txt');
    const listing = write('listing.yml', `blocklistFiles: [${feed}, ${missing}]\n`);
    const { code, out, err } = await validate([listing]);
    expect([code, out]).toEqual([2, '']);
    expect(err.split('\n')).toEqual([
      `${feed}:2:1: "10.1.2.3/8" has bits set behind its prefix: write 10.0.0.0/8 for the network, or 10.1.2.3 for the address alone`,
      `${missing}: does not exist: check the path, or write the file`,
      `${listing}: 2 errors`,
      '',
    ]);
    write('feed.txt', '192.0.2.7\n10.0.0.0/8\n');
    write('missing.txt', '# none yet\n');
    expect(await validate([listing])).toMatchObject({ code: 0, err: '' });
  });

  it('prints notices, which do not make a file invalid', async () => {
    const { code, out, err } = await validate([older]);
    expect([code, out]).toEqual([0, `${older}: valid, 0 services with 0 backends\n`]);
    expect(err).toBe(
      `notice ${older}:1:1: api_port: is the older name of \`admin.port\`: write that instead\n`,
    );
  });

  it('goes on after a bad file, and says so of one that cannot be read', async () => {
    const missing = join(folder, 'missing.yml');
    const { code, out, err } = await validate([bad, missing, good]);
    expect(code).toBe(2);
    expect(out).toContain(`${good}: valid`);
    expect(err).toContain(`${missing}: does not exist: check the path, or write the file\n`);
  });

  it('gives programs one object', async () => {
    const { code, out, err } = await validate([bad, good], { json: true });
    const result = JSON.parse(out) as { valid: boolean; files: ValidatedFile[] };
    expect([code, err, result.valid]).toEqual([2, '', false]);
    expect(result.files[0]?.errors[1]).toEqual({
      path: 'vai',
      message: 'is no known key: did you mean "via"?',
      file: bad,
      line: 2,
      column: 1,
    });
    expect(result.files[1]).toEqual({
      file: good,
      valid: true,
      services: 1,
      backends: 2,
      errors: [],
      notices: [],
    });
  });

  it('uses colours on a terminal only, and not against NO_COLOR', async () => {
    expect((await validate([bad])).err).not.toContain('\u001b[');
    expect((await validate([bad], { isTTY: true })).err).toContain('\u001b[31mworkers: \u001b[0m');
    expect((await validate([bad], { isTTY: true, env: { NO_COLOR: '1' } })).err).not.toContain('\u001b[');
  });
});
