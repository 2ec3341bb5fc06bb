import type { EngineClient } from '../../../../common/docker/index.js';
import { noLongerThan } from '../../../../common/patience.js';

/** What the engine counts of a container's CPU time. */
interface CpuSample {
  /** Unix milliseconds, by the engine's clock. */
  readonly time: number;
  /** Since the container's start. */
  readonly usedMs: number;
  readonly cpus: number;
}

/** A share over less time is noise, and asking costs the engine a read of the container's counters. */
const PERIOD_MS = 1_000;
/** Whoever wants a list does not wait longer; what comes later is for the next one. */
const PATIENCE_MS = 250;

/** Shares of their CPUs that containers use, from the differences of two readings. */
export class CpuSampler {
  private samples = new Map<string, CpuSample>();
  private readonly shares = new Map<string, number>();
  private sampledAt = Number.NEGATIVE_INFINITY;
  private running: Promise<void> | null = null;

  constructor(private readonly engine: EngineClient) {}

  /** Of the last two readings; null: there were none yet. 1: all that it may use. `limit` in cores. */
  share(id: string, limit: number | null): number | null {
    const used = this.shares.get(id);
    const cpus = limit ?? this.samples.get(id)?.cpus ?? 0;
    return used === undefined || cpus === 0 ? null : used / cpus;
  }

  /** Reads the counters of these containers, if that was not done just now. Rejects never: no answer, no share. */
  async sample(ids: readonly string[]): Promise<void> {
    if (this.running === null && performance.now() - this.sampledAt >= PERIOD_MS) {
      this.sampledAt = performance.now();
      this.running = this.read(ids).finally(() => (this.running = null));
    }
    if (this.running !== null) await noLongerThan(PATIENCE_MS, this.running);
  }

  private async read(ids: readonly string[]): Promise<void> {
    const read = await Promise.all(ids.map(async (id) => [id, await this.readOne(id)] as const));
    const samples = new Map(read.filter((entry): entry is [string, CpuSample] => entry[1] !== null));
    this.shares.clear();
    for (const [id, sample] of samples) {
      const before = this.samples.get(id);
      if (before !== undefined && sample.time > before.time) {
        this.shares.set(id, (sample.usedMs - before.usedMs) / (sample.time - before.time));
      }
    }
    this.samples = samples;
  }

  /** One-shot: the engine answers at once, instead of after two readings of its own with a second between them. */
  private async readOne(id: string): Promise<CpuSample | null> {
    try {
      const { read, cpu_stats } = await this.engine.call((docker, abortSignal) =>
        docker.getContainer(id).stats({ stream: false, 'one-shot': true, abortSignal } as OneShot),
      );
      return {
        time: Date.parse(read),
        usedMs: cpu_stats.cpu_usage.total_usage / 1e6,
        cpus: cpu_stats.online_cpus,
      };
    } catch {
      return null;
    }
  }
}

/** Its types do not know the signal, which it takes. */
interface OneShot {
  readonly stream: false;
  readonly 'one-shot': true;
}
