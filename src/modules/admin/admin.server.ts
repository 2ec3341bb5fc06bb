import { Server } from 'node:http';
import { isIP } from 'node:net';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AdminConfig } from '../../common/config/index.js';
import { DocsSite } from './openapi/docs.site.js';

/** A request of the admin API is small: what is slower than this holds a socket for nothing. */
const HEAD_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 15_000;

/**
 * Completes an application that has AdminModule, before it listens: timeouts, the documentation, and a warning when it
 * will be reachable from other machines. Create the application with `{ bodyParser: false }`: routes read their own bodies.
 */
export function configureAdmin(app: NestExpressApplication, admin: Pick<AdminConfig, 'host'>): void {
  app.disable('x-powered-by');
  // Ours is the revision; a hash of the body would cost, and serves nobody since answers are never stored.
  app.set('etag', false);
  app.get(DocsSite, { strict: false }).attach(app);
  limitTimes(app.getHttpServer());
  if (isLoopback(admin.host)) return;
  new Logger('AdminApi').warn(
    `The admin API listens on ${admin.host}, reachable from other machines: whoever has the token controls the balancer, and it travels unencrypted. Prefer 127.0.0.1, or put TLS in front.`,
  );
}

function limitTimes(server: unknown): void {
  if (!(server instanceof Server)) return;
  server.headersTimeout = HEAD_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
}

function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host === 'localhost' || host.endsWith('.localhost');
}
