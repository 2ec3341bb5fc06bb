import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import {
  CertificateAuthority,
  type CertificateOptions,
} from '../../../../test/support/certificate.authority.js';
import { listenOn, subjectOf } from '../../../../test/support/probe.fixture.js';
import { createProbes } from './index.js';

const probe = createProbes().https;
const authority = new CertificateAuthority();
const { signal } = new AbortController();
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  closers.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return listenOn(server);
}

async function https(options: CertificateOptions, issuer = authority) {
  const server = createHttpsServer(issuer.issue(options), (_, response) => response.end('ok'));
  return { server, port: await listen(server) };
}

const trusting = { ca: authority.cert };

it('passes with its own authority, and verifies an address too', async () => {
  const { port } = await https({ names: ['127.0.0.1'] });
  const subject = subjectOf(port, { type: 'https', body: 'ok' }, trusting);
  expect(await probe.run(subject, signal)).toMatchObject({ outcome: 'passed', status: 200, error: '' });
});

it('sends and verifies the configured server name', async () => {
  const { server, port } = await https({ names: ['shop.internal'] });
  const secured = once(server, 'secureConnection') as Promise<[TLSSocket]>;
  const named = subjectOf(port, { type: 'https' }, { ...trusting, serverName: 'shop.internal' });
  expect(await probe.run(named, signal)).toMatchObject({ outcome: 'passed' });
  const [socket] = await secured;
  expect((socket as TLSSocket & { servername: string }).servername).toBe('shop.internal');
  expect(await probe.run(subjectOf(port, { type: 'https' }, trusting), signal)).toMatchObject({
    outcome: 'failed',
    error: 'certificate is not valid for 127.0.0.1 (it names DNS:shop.internal)',
  });
});

it('refuses an authority that it was not told to trust', async () => {
  const { port } = await https({ names: ['127.0.0.1'] }, new CertificateAuthority('another one'));
  for (const tls of [trusting, {}]) {
    expect(await probe.run(subjectOf(port, { type: 'https' }, tls), signal)).toMatchObject({
      outcome: 'failed',
      error: 'certificate is not signed by a trusted authority (set tls.ca to trust another one)',
    });
  }
});

it('refuses a certificate outside its time', async () => {
  const past = await https({ names: ['127.0.0.1'], notAfter: new Date(Date.now() - 60_000) });
  expect(await probe.run(subjectOf(past.port, { type: 'https' }, trusting), signal)).toMatchObject({
    outcome: 'failed',
    error: 'certificate has expired',
  });
  const future = await https({ names: ['127.0.0.1'], notBefore: new Date(Date.now() + 60_000) });
  expect(await probe.run(subjectOf(future.port, { type: 'https' }, trusting), signal)).toMatchObject({
    outcome: 'failed',
    error: 'certificate is not valid yet',
  });
});

it('passes whatever the certificate when verification is off', async () => {
  const { port } = await https({ names: ['elsewhere.test'], notAfter: new Date(Date.now() - 60_000) });
  expect(await probe.run(subjectOf(port, { type: 'https' }, { verify: false }), signal)).toMatchObject({
    outcome: 'passed',
  });
});

it('sees the certificate again with each probe', async () => {
  const { server, port } = await https({ names: ['127.0.0.1'] });
  const subject = subjectOf(port, { type: 'https' }, trusting);
  expect(await probe.run(subject, signal)).toMatchObject({ outcome: 'passed' });
  server.setSecureContext(authority.issue({ names: ['127.0.0.1'], notAfter: new Date(Date.now() - 1_000) }));
  expect(await probe.run(subject, signal)).toMatchObject({
    outcome: 'failed',
    error: 'certificate has expired',
  });
});

it('says that there is no TLS, or that it takes too long', async () => {
  const plain = await listen(createHttpServer((_, response) => response.end()));
  expect(await probe.run(subjectOf(plain, { type: 'https' }), signal)).toMatchObject({
    outcome: 'failed',
    error: 'no TLS spoken there',
  });
  const silent = await listen(createTcpServer());
  expect(await probe.run(subjectOf(silent, { type: 'https', timeoutMs: 150 }), signal)).toMatchObject({
    outcome: 'failed',
    error: 'no TLS handshake within 150ms',
  });
});

it('trusts nobody when the authority is not readable', async () => {
  const { port } = await https({ names: ['127.0.0.1'] });
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  const result = await probe.run(subjectOf(port, { type: 'https' }, { ca: broken }), signal);
  expect(result.error).toMatch(/^certificate is not signed by a trusted authority/);
});
