import { connect, type Socket } from 'node:net';
import { describeFailure, inWords } from './failure.reason.js';
import type { Probe, ProbeOutcome, ProbeResult, ProbeSubject } from './probe.js';

/** Passes when a TCP connection is made; nothing is sent. */
export class TcpProbe implements Probe {
  run(subject: ProbeSubject, signal: AbortSignal): Promise<ProbeResult> {
    return new Promise((resolve) => new TcpAttempt(subject, signal, resolve));
  }
}

class TcpAttempt {
  private readonly startedAt = performance.now();
  private readonly socket: Socket;
  private readonly timer: NodeJS.Timeout;

  constructor(
    subject: ProbeSubject,
    private readonly signal: AbortSignal,
    private readonly resolve: (result: ProbeResult) => void,
  ) {
    const { timeoutMs } = subject.health;
    this.timer = setTimeout(
      () => this.finish('failed', `no connection within ${inWords(timeoutMs)}`),
      timeoutMs,
    );
    signal.addEventListener('abort', this.onAbort);
    this.socket = connect({ host: subject.host, port: subject.port });
    this.socket.once('connect', () => this.finish('passed', ''));
    // Stays attached: an error after the verdict has nobody to tell.
    this.socket.on('error', (error) => {
      const failure = describeFailure(error);
      this.finish(failure.outcome, failure.error);
    });
  }

  private readonly onAbort = (): void => this.finish('inconclusive', 'no longer probed');

  private finish(outcome: ProbeOutcome, error: string): void {
    const durationUs = Math.round((performance.now() - this.startedAt) * 1_000);
    clearTimeout(this.timer);
    this.signal.removeEventListener('abort', this.onAbort);
    this.socket.destroy();
    this.resolve({ outcome, status: 0, durationUs, error });
  }
}
