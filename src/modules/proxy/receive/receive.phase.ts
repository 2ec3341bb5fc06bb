import type { DropReason, Snapshot } from '../../../common/contract/index.js';
import type { Exchange } from '../exchange.js';
import { pseudonymOf } from '../pseudonym.js';
import { HostReader, isValidHost } from './host-header.js';
import { readTarget, splitTarget } from './request-target.js';
import { TrustedProxies } from './trusted-proxies.js';

const MAX_REQUEST_ID_LENGTH = 128;

/** Finds out who asks for what: client address, request id, target and host. Compiled per snapshot. */
export class ReceivePhase {
  private trusted = new TrustedProxies([]);
  private pseudonym = '';
  private generation = 0;
  private readonly hosts = new HostReader();

  use(snapshot: Snapshot): void {
    this.trusted = new TrustedProxies(snapshot.trustedProxies);
    this.pseudonym = pseudonymOf(snapshot);
    this.generation = snapshot.generation;
  }

  /** Fills in the exchange; returns why it must be dropped, or null. */
  receive(exchange: Exchange): DropReason | null {
    this.identify(exchange);
    return readAddressee(exchange, this.hosts) ? null : 'bad_request';
  }

  /** Fills in what can be known of a request whose head was refused. */
  identify(exchange: Exchange): void {
    const { head } = exchange;
    exchange.generation = this.generation;
    exchange.pseudonym = this.pseudonym;
    exchange.isPeerTrusted = this.trusted.trusts(head.peer);
    if (!exchange.isPeerTrusted) return;
    exchange.client = this.trusted.clientOf(head.peer, head.header('x-forwarded-for'));
    const requestId = head.header('x-request-id');
    if (requestId !== undefined && isRequestId(requestId)) exchange.requestId = requestId;
  }
}

function readAddressee(exchange: Exchange, hostReader: HostReader): boolean {
  const { head } = exchange;
  const parsed = readTarget(head.method, head.target);
  exchange.target = parsed === null ? head.target : parsed.target;
  splitTarget(exchange, exchange.target);
  const hosts = head.hostCount;
  const named = head.header('host') ?? '';
  const authority = parsed?.authority ?? named;
  // The target's authority overrides `Host`, which must be valid all the same (RFC 9112 section 3.2).
  if (authority !== named && !isValidHost(named)) return false;
  if (!hostReader.read(authority)) return false;
  exchange.authority = authority;
  exchange.host = hostReader.host;
  return parsed !== null && isVersionServed(head.protocol, hosts);
}

/** HTTP/1.1 has exactly one `Host`, HTTP/1.0 at most one; nothing else is served (Node's parser reads other versions too). */
function isVersionServed(protocol: string, hosts: number): boolean {
  return protocol === 'HTTP/1.1' ? hosts === 1 : protocol === 'HTTP/1.0' && hosts <= 1;
}

/** 1 to 128 visible ASCII characters: what is safe in a header, a log line and a URL's query. */
function isRequestId(value: string): boolean {
  if (value.length === 0 || value.length > MAX_REQUEST_ID_LENGTH) return false;
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code < 0x21 || code > 0x7e) return false;
  }
  return true;
}
