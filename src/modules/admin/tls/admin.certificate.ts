import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { AdminTlsConfig } from '../../../common/config/index.js';
import { VelocityError } from '../../../common/errors/index.js';

const MAX_BYTES = 1024 * 1024;
const FIRST_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/;

/** A certificate with its key, as a TLS server takes it. */
export interface AdminCertificate {
  /** PEM: the certificate, and those between it and the authority. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** What should be looked at though it works. */
  readonly notices: readonly string[];
}

/** A client that shakes hands for longer, in milliseconds, holds a socket for nothing. Node's default is two minutes. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** Options of a TLS server, and of its `setSecureContext`. */
export function secureOptions({ cert, key }: AdminCertificate): HttpsOptions {
  return { cert, key, minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_TIMEOUT_MS };
}

/** As Nest hands them to `https.createServer`. */
export interface HttpsOptions {
  readonly cert: string;
  readonly key: string;
  readonly minVersion: 'TLSv1.2';
  readonly handshakeTimeout: number;
}

/**
 * Reads certificate and key of the admin API. Throws ADMIN_TLS_UNUSABLE, which names the file and the reason, when they
 * cannot be read or do not belong together. Never repeats the contents of a file.
 */
export function readAdminCertificate({ cert: certPath, key: keyPath }: AdminTlsConfig): AdminCertificate {
  const cert = readPem(certPath);
  const key = readPem(keyPath);
  const certificate = parseCertificate(certPath, cert);
  if (!certificate.checkPrivateKey(parseKey(keyPath, key))) {
    throw unusable(
      keyPath,
      `is not the key of the certificate in ${certPath}: name the one that it was issued for`,
    );
  }
  return { cert, key, notices: [...validityNotices(certPath, certificate), ...modeNotices(keyPath)] };
}

function readPem(path: string): string {
  try {
    const stats = statSync(path);
    // Reading a pipe or a device would block the process.
    if (!stats.isFile()) throw unusable(path, 'is no file: name a PEM file');
    if (stats.size > MAX_BYTES) throw unusable(path, 'is larger than 1 MiB: name a PEM file');
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof VelocityError) throw error;
    throw unusable(path, `${readProblem(error)}: check the path, and who may read it`);
  }
}

function readProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
}

function parseCertificate(path: string, pem: string): X509Certificate {
  const first = FIRST_CERTIFICATE.exec(pem)?.[0];
  if (first === undefined) {
    throw unusable(path, 'holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)');
  }
  try {
    return new X509Certificate(first);
  } catch {
    throw unusable(path, 'is damaged: its first certificate cannot be read');
  }
}

function parseKey(path: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const isLocked = error instanceof Error && /passphrase|password/i.test(error.message);
    throw unusable(
      path,
      isLocked
        ? 'is locked with a passphrase: write the key without one, readable by the user that runs the balancer only'
        : 'holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)',
    );
  }
}

function validityNotices(path: string, { validFromDate, validToDate }: X509Certificate): string[] {
  const now = Date.now();
  if (validToDate.getTime() < now)
    return [`The certificate in ${path} expired at ${validToDate.toISOString()}.`];
  if (validFromDate.getTime() <= now) return [];
  return [`The certificate in ${path} is valid from ${validFromDate.toISOString()} only.`];
}

function modeNotices(path: string): string[] {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o077) === 0) return [];
  return [`The key in ${path} can be read by others (mode ${(mode & 0o777).toString(8).padStart(4, '0')}).`];
}

function unusable(path: string, what: string): VelocityError {
  return new VelocityError('ADMIN_TLS_UNUSABLE', `The admin API cannot speak TLS: ${path} ${what}.`);
}
