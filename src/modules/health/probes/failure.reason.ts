import type { ProbeOutcome } from './probe.js';

/** What went wrong, and whether that is the backend's doing. */
export interface ProbeFailure {
  readonly outcome: Exclude<ProbeOutcome, 'passed'>;
  readonly error: string;
}

const UNTRUSTED = 'certificate is not signed by a trusted authority (set tls.ca to trust another one)';

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection closed before an answer',
  EPIPE: 'connection closed before an answer',
  ETIMEDOUT: 'no connection (the network gave up)',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name cannot be resolved now',
  EACCES: 'connecting is not permitted',
  EPERM: 'connecting is not permitted',
  EPROTO: 'no TLS spoken there',
  ERR_SSL_WRONG_VERSION_NUMBER: 'no TLS spoken there',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'no TLS spoken there',
  CERT_HAS_EXPIRED: 'certificate has expired',
  CERT_NOT_YET_VALID: 'certificate is not valid yet',
  CERT_REVOKED: 'certificate is revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
};

/** Conditions of this machine: marking backends unhealthy for them would turn a small problem into an outage. */
const OWN_FAULTS: Readonly<Record<string, string>> = {
  EMFILE: 'not probed: this process has no file descriptor left (raise ulimit -n)',
  ENFILE: 'not probed: this machine has no file descriptor left',
  ENOBUFS: 'not probed: this machine has no network buffers left',
  ENOMEM: 'not probed: this machine has no memory left',
  EADDRNOTAVAIL: 'not probed: this machine has no local address or port to connect from',
};

/** Puts a socket's, TLS' or HTTP parser's error into words. */
export function describeFailure(error: unknown): ProbeFailure {
  const first = firstOf(error);
  const own = OWN_FAULTS[first.code ?? ''];
  if (own !== undefined) return { outcome: 'inconclusive', error: own };
  return { outcome: 'failed', error: WORDS[first.code ?? ''] ?? describeRare(first) };
}

/** What Node's sockets, TLS and HTTP parser add to an error. */
interface NetworkError extends Error {
  readonly code?: string;
  /** Of ERR_TLS_CERT_ALTNAME_INVALID: the name that was asked for, and the certificate. */
  readonly host?: string;
  readonly cert?: { readonly subjectaltname?: string };
}

/** A host name with several addresses fails with one error per address: the first one stands for all. */
function firstOf(error: unknown): NetworkError {
  if (error instanceof AggregateError && error.errors.length > 0) return firstOf(error.errors[0]);
  return error instanceof Error ? error : new Error(String(error));
}

function describeRare({ code = '', message, host, cert }: NetworkError): string {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `certificate is not valid for ${host} (it names ${cert?.subjectaltname || 'nothing'})`;
  }
  if (code.startsWith('HPE_')) return `answer is not valid HTTP (${code})`;
  return code === '' || message.includes(code) ? message : `${message} (${code})`;
}

/** `2000` as `2s`, `1500` as `1.5s`, `250` as `250ms`. */
export function inWords(durationMs: number): string {
  return durationMs < 1_000 ? `${durationMs}ms` : `${durationMs / 1_000}s`;
}
