import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CommandFailure } from '../command.failure.js';
import { readAdminTarget } from './admin.target.js';

const folder = mkdtempSync(join(tmpdir(), 'velocity-target-'));
const file = join(folder, 'token');
writeFileSync(file, 'from-file\n');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the admin API that is called', () => {
  it.each([
    ['3100', 'http://127.0.0.1:3100'],
    [':3100', 'http://127.0.0.1:3100'],
    ['lb.test:3100', 'http://lb.test:3100'],
    ['https://lb.test/velocity/', 'https://lb.test/velocity'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
  ])('may be written %s', (admin, url) => {
    expect(readAdminTarget({ admin, token: 't' }, {}).url).toBe(url);
  });

  it.each(['ftp://x', 'http://', 'http://a b', 'http://x/?token=1'])('is not %s', (admin) => {
    expect(() => readAdminTarget({ admin }, {})).toThrow(CommandFailure);
  });

  it('carries no password, and none is repeated', () => {
    const read = () => readAdminTarget({ admin: 'http://me:hidden@x:3000' }, {});
    expect(read).toThrow(/must not carry/);
    expect(read).not.toThrow(/hidden/);
  });
});

describe('the token', () => {
  const env = { VELOCITY_TOKEN: 'from-env' };

  it('comes from the flag before the file, and from either before the environment', () => {
    expect(readAdminTarget({ token: 'flag', tokenFile: file }, env).token).toBe('flag');
    expect(readAdminTarget({ tokenFile: file }, env).token).toBe('from-file');
    expect(readAdminTarget({}, env).token).toBe('from-env');
    expect(readAdminTarget({}, { VELOCITY_TOKEN_FILE: file }).token).toBe('from-file');
  });

  it('of this machine is not sent to another one', () => {
    const target = readAdminTarget({ admin: 'http://elsewhere.test:3000' }, {});
    expect(target).toMatchObject({
      token: null,
      tokenSources: expect.stringContaining('is not this machine'),
    });
  });

  it('must be one, and its file must be there', () => {
    expect(() => readAdminTarget({ token: 'two words' }, {})).toThrow('--token holds no token');
    expect(() => readAdminTarget({ tokenFile: join(folder, 'missing') }, {})).toThrow(/ENOENT/);
  });
});
