import { Logger } from '@nestjs/common';
import { type AdminTlsConfig, ConfigWatcher } from '../../../common/config/index.js';
import { VelocityError } from '../../../common/errors/index.js';
import { type AdminCertificate, readAdminCertificate, secureOptions } from './admin.certificate.js';

/** Certificate and key are two files: whoever renews them gets this long, in milliseconds, from one to the other. */
const SETTLE_MS = 500;

/** The part of a TLS server that is needed here. */
export interface CertificateTaker {
  setSecureContext(options: object): void;
}

/**
 * Gives a TLS server the certificate anew when its files change. Open connections keep the one they began with. Files
 * that cannot be used, such as a certificate whose key is not there yet, change nothing; each further change of one of
 * them is another try.
 */
export class CertificateWatcher {
  private readonly logger = new Logger('AdminApi');
  private readonly watchers: readonly ConfigWatcher[];
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly server: CertificateTaker,
    private readonly tls: AdminTlsConfig,
    private current: AdminCertificate,
  ) {
    this.watchers = [
      new ConfigWatcher(tls.cert, Buffer.from(current.cert)),
      new ConfigWatcher(tls.key, Buffer.from(current.key)),
    ];
    for (const watcher of this.watchers) {
      watcher.on('changed', () => this.takeSoon());
      watcher.on('problem', () => this.takeSoon());
    }
  }

  watch(): void {
    for (const watcher of this.watchers) watcher.start();
  }

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    for (const watcher of this.watchers) watcher.close();
  }

  private takeSoon(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.take(), SETTLE_MS).unref();
  }

  private take(): void {
    this.timer = null;
    try {
      const next = readAdminCertificate(this.tls);
      if (next.cert === this.current.cert && next.key === this.current.key) return;
      this.server.setSecureContext(secureOptions(next));
      this.current = next;
      this.logger.log(`The certificate ${this.tls.cert} of the admin API was read anew.`);
      for (const notice of next.notices) this.logger.warn(notice);
    } catch (error) {
      const reason =
        error instanceof VelocityError ? error.message : `OpenSSL does not take ${this.tls.cert}.`;
      this.logger.error(`${reason} The certificate that was read before stays.`);
    }
  }
}
