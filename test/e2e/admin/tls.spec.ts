import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectSecure, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminServer } from '../../../src/modules/admin/index.js';
import { CertificateAuthority } from '../../support/certificate.authority.js';
import { AdminApplication } from './admin.application.js';

const authority = new CertificateAuthority();
const directory = mkdtempSync(join(tmpdir(), 'velocity-admin-tls-'));
const tls = { cert: join(directory, 'admin.pem'), key: join(directory, 'admin.key') };
let admin: AdminApplication;

function write({ cert, key }: { readonly cert: string; readonly key: string }): void {
  writeFileSync(tls.cert, cert);
  writeFileSync(tls.key, key, { mode: 0o600 });
}

beforeAll(async () => {
  write(authority.issue({ names: ['velocity.example.com', 'localhost'] }));
  admin = await AdminApplication.start({ tls, allowedHosts: ['velocity.example.com'] });
});
afterAll(async () => {
  await admin.stop();
  rmSync(directory, { recursive: true, force: true });
});

interface SecureAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A verified call under a name. */
async function ask(host: string, servername = 'localhost'): Promise<SecureAnswer> {
  const call = request({
    host: '127.0.0.1',
    port: admin.port,
    path: '/api/v1/whoami',
    servername,
    ca: authority.cert,
    agent: false,
    headers: { host, authorization: `Bearer ${admin.token.value}` },
  });
  call.end();
  const [response] = (await once(call, 'response')) as [import('node:http').IncomingMessage];
  await text(response);
  return { status: response.statusCode ?? 0, headers: response.headers };
}

async function handshake(options: object = {}): Promise<TLSSocket> {
  const socket = connectSecure({
    host: '127.0.0.1',
    port: admin.port,
    servername: 'localhost',
    ca: authority.cert,
    ...options,
  });
  await once(socket, 'secureConnect');
  return socket;
}

async function serial(): Promise<string> {
  const socket = await handshake();
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

describe('the admin API with TLS', () => {
  it('answers verified calls', async () => {
    expect((await ask('velocity.example.com', 'velocity.example.com')).status).toBe(200);
  });

  it('tells browsers to come back with https, for names only', async () => {
    const named = await ask('velocity.example.com:8443');
    expect(named.headers['strict-transport-security']).toBe('max-age=31536000');
    for (const host of ['localhost', 'admin.localhost:3000', '127.0.0.1', '[::1]']) {
      expect((await ask(host)).headers['strict-transport-security'], host).toBeUndefined();
    }
  });

  it('speaks nothing older than TLS 1.2, and no plain HTTP', async () => {
    await expect(
      handshake({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    ).rejects.toThrow(/protocol|version|alert/i);
    const socket = await handshake({ maxVersion: 'TLSv1.2' });
    expect(socket.getProtocol()).toBe('TLSv1.2');
    socket.destroy();
    const plain = connect(admin.port, '127.0.0.1');
    plain.on('error', () => undefined);
    plain.end('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(await text(plain)).not.toContain('200');
  });

  it('takes a certificate that is renewed, under connections that stay', async () => {
    const open = await handshake();
    const before = await serial();
    const next = authority.issue({ names: ['localhost'] });
    writeFileSync(`${tls.cert}.new`, next.cert);
    renameSync(`${tls.cert}.new`, tls.cert);
    writeFileSync(tls.key, next.key);
    const deadline = Date.now() + 30_000;
    while ((await serial()) === before) expect(Date.now()).toBeLessThan(deadline);
    open.write(`GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(await text(open)).toContain('200 OK');
  });

  it('keeps the one it has when the next one cannot be used, and takes the one after that', async () => {
    const before = await serial();
    writeFileSync(tls.cert, 'no certificate');
    const next = authority.issue({ names: ['localhost'] });
    // Not the key of what is there: each look at the pair fails until the certificate follows.
    writeFileSync(tls.key, next.key);
    expect(await serial()).toBe(before);
    writeFileSync(tls.cert, next.cert);
    const deadline = Date.now() + 30_000;
    while ((await serial()) === before) expect(Date.now()).toBeLessThan(deadline);
  });
});

describe('a pair that cannot be used', () => {
  const other = authority.issue({ names: ['localhost'] });
  const MARK = 'MARKED-secret-in-a-file';

  it.each([
    ['no certificate', { cert: undefined }, 'admin.pem does not exist'],
    ['no key', { key: undefined }, 'admin.key does not exist'],
    ['a certificate that is none', { cert: MARK }, 'admin.pem holds no certificate in PEM form'],
    ['a key that is none', { key: MARK }, 'admin.key holds no private key in PEM form'],
    ['a key in the place of the certificate', { cert: other.key }, 'admin.pem holds no certificate'],
    [
      'another key',
      { key: authority.issue({ names: ['x'] }).key },
      'admin.key is not the key of the certificate in',
    ],
    [
      'a damaged certificate',
      { cert: other.cert.replace(/\n[A-Za-z0-9+/]{20}/, '\nAAAAAAAAAAAAAAAAAAAA') },
      'admin.pem is damaged',
    ],
  ])(
    '%s: says which file and why, and shows nothing of it',
    (_, files: { cert?: string; key?: string }, message) => {
      const place = mkdtempSync(join(directory, 'pair-'));
      const paths = { cert: join(place, 'admin.pem'), key: join(place, 'admin.key') };
      const contents = { ...other, ...files };
      for (const name of ['cert', 'key'] as const) {
        if (contents[name] !== undefined) writeFileSync(paths[name], contents[name], { mode: 0o600 });
      }
      const start = () => new AdminServer({ host: '127.0.0.1', tls: paths });
      expect(start).toThrow(expect.objectContaining({ code: 'ADMIN_TLS_UNUSABLE' }));
      expect(start).toThrow(message);
      expect(start).not.toThrow(MARK);
    },
  );

  it('a directory is no file', () => {
    const paths = { cert: directory, key: directory };
    expect(() => new AdminServer({ host: '127.0.0.1', tls: paths })).toThrow('is no file');
  });

  it('a key that others can read is taken', () => {
    chmodSync(tls.key, 0o644);
    expect(() => new AdminServer({ host: '127.0.0.1', tls })).not.toThrow();
  });
});
