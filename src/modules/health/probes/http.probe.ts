import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { BodyMatcher, MAX_BODY_BYTES } from './body.matcher.js';
import { describeFailure, inWords } from './failure.reason.js';
import type { Probe, ProbeOutcome, ProbeResult, ProbeSubject } from './probe.js';
import { describeStatusRanges, isStatusAccepted } from './status.range.js';
import type { TrustStore } from './trust.store.js';

/** How long the rest of a body may take after the verdict: ending it tidily is a courtesy to the backend's log. */
const DRAIN_MS = 250;

/** Passes when the response has an accepted status and, if one is asked for, the body holds the text. */
export class HttpProbe implements Probe {
  /** With a trust store the probe speaks TLS. */
  constructor(private readonly trust: TrustStore | null) {}

  run(subject: ProbeSubject, signal: AbortSignal): Promise<ProbeResult> {
    return new Promise((resolve) => new HttpAttempt(subject, signal, resolve).start(this.trust));
  }
}

class HttpAttempt {
  private readonly startedAt = performance.now();
  private socket: Socket | null = null;
  private outgoing: ClientRequest | null = null;
  private timer: NodeJS.Timeout | undefined;
  private waitingFor = 'connection';
  private status = 0;
  private verdict: ProbeResult | null = null;
  private isOver = false;

  constructor(
    private readonly subject: ProbeSubject,
    private readonly signal: AbortSignal,
    private readonly resolve: (result: ProbeResult) => void,
  ) {}

  start(trust: TrustStore | null): void {
    this.timer = setTimeout(this.onDeadline, this.subject.health.timeoutMs);
    this.signal.addEventListener('abort', this.onAbort);
    try {
      const socket = this.connect(trust);
      this.socket = socket;
      this.outgoing = this.send(socket);
    } catch (error) {
      this.close('failed', `cannot be sent: ${describeFailure(error).error}`);
    }
  }

  private connect(trust: TrustStore | null): Socket {
    const { host, port, tls } = this.subject;
    if (!trust) {
      const socket = connectTcp({ host, port });
      socket.once('connect', () => (this.waitingFor = 'answer'));
      return socket;
    }
    const serverName = tls.serverName || host;
    // No session is offered: a resumed one would not show the certificate again, and it may have expired meanwhile.
    const socket = connectTls({
      host,
      port,
      secureContext: trust.contextOf(tls.ca),
      rejectUnauthorized: tls.verify,
      // RFC 6066 section 3 knows no addresses as server names; they are verified against the host all the same.
      servername: isIP(serverName) === 0 ? serverName : '',
    });
    socket.once('connect', () => (this.waitingFor = 'TLS handshake'));
    socket.once('secureConnect', () => (this.waitingFor = 'answer'));
    return socket;
  }

  private send(socket: Socket): ClientRequest {
    const { method, path, headers } = this.subject.health;
    const outgoing = request({
      method,
      path,
      // Without an agent the connection is used once and says so (`Connection: close`).
      createConnection: () => socket,
      setHost: false,
    });
    outgoing.setHeader('host', this.subject.authority);
    outgoing.setHeader('user-agent', 'velocity-probe');
    outgoing.setHeader('accept', '*/*');
    if (method === 'POST') outgoing.setHeader('content-length', '0');
    for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
    outgoing.once('response', (response) => this.onResponse(response));
    outgoing.once('upgrade', (response) => {
      this.judgeStatus(response);
      this.end();
    });
    // Stays attached: errors after the end have nobody to tell.
    outgoing.on('error', this.onError);
    outgoing.end();
    return outgoing;
  }

  private onResponse(response: IncomingMessage): void {
    response.on('error', this.onError);
    response.once('end', () => this.end());
    this.waitingFor = 'whole body';
    const { body } = this.subject.health;
    const isAccepted = this.judgeStatus(response, body !== '');
    if (isAccepted && body !== '') this.search(response, body);
    else this.drain(response);
  }

  /** Decides at once when the status is refused, or when nothing but the status counts. */
  private judgeStatus(response: IncomingMessage, hasMore = false): boolean {
    this.status = response.statusCode ?? 0;
    const ranges = this.subject.health.status;
    const isAccepted = isStatusAccepted(this.status, ranges);
    if (!isAccepted) this.decide('failed', `status ${this.status}, expected ${describeStatusRanges(ranges)}`);
    else if (!hasMore) this.decide('passed', '');
    return isAccepted;
  }

  private search(response: IncomingMessage, text: string): void {
    const matcher = new BodyMatcher(text);
    const quoted = JSON.stringify(text);
    const onData = (piece: Buffer) => {
      const match = matcher.add(piece);
      if (match === 'searching') return;
      response.off('data', onData);
      if (match === 'found') {
        this.decide('passed', '');
        this.drain(response);
      } else this.close('failed', `first 64 KiB of the body do not contain ${quoted}`);
    };
    response.on('data', onData);
    response.prependOnceListener('end', () => this.decide('failed', `body does not contain ${quoted}`));
  }

  private drain(response: IncomingMessage): void {
    clearTimeout(this.timer);
    const remainingMs = this.startedAt + this.subject.health.timeoutMs - performance.now();
    this.timer = setTimeout(() => this.end(), Math.max(0, Math.min(DRAIN_MS, remainingMs)));
    let drained = 0;
    response.on('data', (piece: Buffer) => {
      drained += piece.length;
      if (drained > MAX_BODY_BYTES) this.end();
    });
  }

  private readonly onDeadline = (): void => {
    this.close('failed', `no ${this.waitingFor} within ${inWords(this.subject.health.timeoutMs)}`);
  };

  private readonly onAbort = (): void => this.close('inconclusive', 'no longer probed');

  private readonly onError = (error: Error): void => {
    const failure = describeFailure(error);
    const isCut = this.status !== 0 && failure.error.startsWith('connection closed');
    this.close(failure.outcome, isCut ? 'connection closed in the middle of the body' : failure.error);
  };

  private decide(outcome: ProbeOutcome, error: string): void {
    const durationUs = Math.round((performance.now() - this.startedAt) * 1_000);
    this.verdict ??= { outcome, status: this.status, durationUs, error };
  }

  private close(outcome: ProbeOutcome, error: string): void {
    this.decide(outcome, error);
    this.end();
  }

  private end(): void {
    if (this.isOver || !this.verdict) return;
    this.isOver = true;
    clearTimeout(this.timer);
    this.signal.removeEventListener('abort', this.onAbort);
    this.outgoing?.destroy();
    this.socket?.destroy();
    this.resolve(this.verdict);
  }
}
