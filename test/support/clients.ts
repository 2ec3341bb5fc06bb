import { runLoad, type Tally } from './load.js';
import { Observation } from './observation.js';

/** Between the answers of two groups: those who all ask at a time would keep the machine from measuring. */
const APART_MS = 73;

export interface ClientsOptions {
  readonly port: number;
  /** Host header: chooses the service. */
  readonly host: string;
  /** A multiple of `groups`. */
  readonly connections: number;
  /** How long the test server takes for an answer to the first group; each further group waits a little longer. */
  readonly serviceMs: number;
  /** Default: 1. */
  readonly groups?: number;
}

/** Clients of the test server that each ask again when they are answered, until they are told to stop. */
export class Clients {
  answered = 0;
  private readonly end = new AbortController();
  private readonly loads: readonly Promise<Tally>[];

  constructor({ port, host, connections, serviceMs, groups = 1 }: ClientsOptions) {
    this.loads = Array.from({ length: groups }, (_, group) =>
      runLoad({
        port,
        host,
        path: `/slow/${serviceMs + group * APART_MS}`,
        connections: connections / groups,
        stop: this.end.signal,
        onAnswer: () => this.answered++,
      }),
    );
  }

  /** Until so many more have been answered. */
  async goOn(count = 100): Promise<void> {
    const before = this.answered;
    await Observation.until(() => this.answered >= before + count, 'the load goes on');
  }

  /** Stops, and says what was no 200; empty: all is well. */
  async failures(): Promise<readonly string[]> {
    const { statuses, errors } = await this.stop();
    const others = Object.entries(statuses).filter(([status]) => status !== '200' && status !== '0');
    return [...errors, ...others.map(([status, count]) => `${count} times ${status}`)];
  }

  /** Requests under way are finished. What all of them got. */
  async stop(): Promise<Tally> {
    this.end.abort();
    const tallies = await Promise.all(this.loads);
    const statuses: Record<number, number> = {};
    for (const tally of tallies) {
      for (const [status, count] of Object.entries(tally.statuses))
        statuses[Number(status)] = (statuses[Number(status)] ?? 0) + count;
    }
    return {
      sent: tallies.reduce((sum, { sent }) => sum + sent, 0),
      statuses,
      errors: tallies.flatMap(({ errors }) => errors),
    };
  }
}
