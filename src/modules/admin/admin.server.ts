import { Server } from 'node:http';
import { Server as SecureServer } from 'node:https';
import { Logger } from '@nestjs/common';
import type { NestApplicationOptions } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { type AdminConfig, isLoopback } from '../../common/config/index.js';
import { RequestAuditor } from './audit/request.auditor.js';
import { EventStreams } from './events/event.streams.js';
import { DocsSite } from './openapi/docs.site.js';
import { type AdminCertificate, readAdminCertificate, secureOptions } from './tls/admin.certificate.js';
import { CertificateWatcher } from './tls/certificate.watcher.js';

/** A request of the admin API is small: what is slower than this holds a socket for nothing. */
const HEAD_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 15_000;
/** Requests that run at the end get this long; a client that sends nothing more must not hold it up. */
const GRACE_MS = 2_000;
/** What they still do without their connections, such as a change that waits for the store, gets as much again. */
const SETTLE_MS = 2_000;

/** The listener of the admin API: which options its application is made with, and how it is completed. */
export class AdminServer {
  private readonly logger = new Logger('AdminApi');
  private readonly certificate: AdminCertificate | null;
  private closed: Promise<void> | null = null;

  /** Throws ADMIN_TLS_UNUSABLE. */
  constructor(private readonly admin: Pick<AdminConfig, 'host' | 'tls'>) {
    this.certificate = admin.tls === null ? null : readAdminCertificate(admin.tls);
  }

  /** To create the application with. Routes read their own bodies. */
  get options(): NestApplicationOptions {
    const plain = { bodyParser: false };
    return this.certificate === null
      ? plain
      : { ...plain, httpsOptions: { ...secureOptions(this.certificate) } };
  }

  /**
   * Completes an application that has AdminModule, before it listens: timeouts, the documentation, certificates that are
   * renewed, and a warning when tokens will travel unencrypted.
   */
  configure(app: NestExpressApplication): void {
    app.disable('x-powered-by');
    // Ours is the revision; a hash of the body would cost, and serves nobody since answers are never stored.
    app.set('etag', false);
    app.get(DocsSite, { strict: false }).attach(app);
    const server: unknown = app.getHttpServer();
    if (server instanceof Server || server instanceof SecureServer) limitTimes(server);
    if (server instanceof SecureServer) this.renewCertificate(server);
    this.warn();
  }

  /** Accepts nothing more: another process does. What runs goes on. */
  leave(app: NestExpressApplication): void {
    this.closed ??= closed(app.getHttpServer() as Server);
    app.get(EventStreams, { strict: false }).endAll();
  }

  /** Resolves when nothing comes in any more, and what had come in is done and recorded. */
  async close(app: NestExpressApplication): Promise<void> {
    const server: Server | SecureServer = app.getHttpServer();
    app.get(EventStreams, { strict: false }).endAll();
    const grace = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    this.closed ??= closed(server);
    await this.closed;
    clearTimeout(grace);
    await app.get(RequestAuditor, { strict: false }).settled(SETTLE_MS);
  }

  private renewCertificate(server: SecureServer): void {
    const { admin, certificate } = this;
    if (admin.tls === null || certificate === null) return;
    const watcher = new CertificateWatcher(server, admin.tls, certificate);
    server.once('listening', () => watcher.watch());
    server.once('close', () => watcher.close());
  }

  private warn(): void {
    for (const notice of this.certificate?.notices ?? []) this.logger.warn(notice);
    if (this.certificate !== null || isLoopback(this.admin.host)) return;
    this.logger.warn(
      `The admin API listens on ${this.admin.host}, reachable from other machines, without TLS: tokens travel unencrypted, and whoever has one may change the balancer. Prefer 127.0.0.1, set admin.tls, or put TLS in front.`,
    );
  }
}

function closed(server: Server | SecureServer): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function limitTimes(server: Server | SecureServer): void {
  server.headersTimeout = HEAD_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
}
