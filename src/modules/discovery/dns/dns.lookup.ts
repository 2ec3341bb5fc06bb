import type { DnsSourceConfig } from '../../../common/config/index.js';
import type { DnsAnswer, DnsAsker, DnsQuestion, SrvData } from './dns.question.js';

/** So many questions at a time. */
const AT_ONCE = 16;

/** One server that the records name. */
export interface ResolvedPlace {
  readonly address: string;
  readonly port: number;
  readonly weight: number | null;
  readonly backup: boolean;
  readonly place: string;
}

export interface Lookup {
  readonly places: readonly ResolvedPlace[];
  /** Seconds after which something of it may be different. */
  readonly ttl: number;
  /** Why there is nothing; empty: there is something. */
  readonly nothing: string;
  /** Of questions that got no answer, whose last answers count on; empty: all did. */
  readonly problem: string;
}

/**
 * Asks all that has to be asked, and keeps for each question the last answer: a question that gets none changes
 * nothing. Rejects when nothing at all could be found out.
 */
export class DnsLookup {
  private answers = new Map<string, DnsAnswer>();

  constructor(
    private readonly config: Pick<DnsSourceConfig, 'name' | 'record' | 'port'>,
    private readonly asker: DnsAsker,
  ) {}

  async look(signal: AbortSignal): Promise<Lookup> {
    const round = new Round(this.asker, this.answers, signal);
    const { record } = this.config;
    const { places, nothing } = record === 'srv' ? await this.services(round) : await this.addresses(round);
    signal.throwIfAborted();
    this.answers = round.answers;
    return { places, nothing, ttl: round.ttl, problem: round.failures.join('; ') };
  }

  private async addresses(round: Round): Promise<Pick<Lookup, 'places' | 'nothing'>> {
    const { name, port } = this.config;
    const found = await round.hostAddresses(name);
    const places = found.map(({ address, type }) => {
      return { address, port, weight: null, backup: false, place: `${type} record of ${name}` };
    });
    return { places, nothing: places.length > 0 ? '' : round.nothing(name) };
  }

  private async services(round: Round): Promise<Pick<Lookup, 'places' | 'nothing'>> {
    const { name } = this.config;
    const { services, nothing } = await round.ask({ name, type: 'SRV' });
    const targets = [...new Set(services.map(({ target }) => target))];
    const byTarget = new Map<string, readonly HostAddress[]>();
    for (let at = 0; at < targets.length; at += AT_ONCE) {
      const batch = targets.slice(at, at + AT_ONCE);
      const found = await Promise.all(batch.map((target) => round.targetAddresses(target)));
      batch.forEach((target, index) => byTarget.set(target, found[index]!));
    }
    const weights = weightsOf(services);
    const first = Math.min(...services.map(({ priority }) => priority));
    const places = services.flatMap(({ target, port, priority }, index) =>
      byTarget.get(target)!.map(({ address }) => {
        const place = `SRV record of ${name}, ${target}`;
        return { address, port, weight: weights[index]!, backup: priority > first, place };
      }),
    );
    if (places.length > 0 || nothing !== '') return { places, nothing };
    return { places, nothing: targets.map((target) => round.nothing(target)).join('; ') };
  }
}

/**
 * Weights of SRV records as ours. Theirs go to 65,535 and 0 means `very little`, ours to 1,000 and 0 means `nothing new`.
 */
export function weightsOf(services: readonly Pick<SrvData, 'weight'>[]): readonly number[] {
  const MOST = 1_000;
  const highest = Math.max(...services.map(({ weight }) => weight));
  const scale = highest > MOST ? MOST / highest : 1;
  return services.map(({ weight }) => Math.max(1, Math.round(weight * scale)));
}

interface HostAddress {
  readonly address: string;
  readonly type: 'A' | 'AAAA';
}

/** The questions of one look. */
class Round {
  readonly answers = new Map<string, DnsAnswer>();
  readonly failures: string[] = [];

  constructor(
    private readonly asker: DnsAsker,
    private readonly before: ReadonlyMap<string, DnsAnswer>,
    private readonly signal: AbortSignal,
  ) {}

  get ttl(): number {
    return Math.min(...[...this.answers.values()].map(({ ttl }) => ttl));
  }

  /** Rejects when it was never answered. */
  async ask(question: DnsQuestion): Promise<DnsAnswer> {
    const key = keyOf(question);
    try {
      const answer = await this.asker.ask(question, this.signal);
      this.answers.set(key, answer);
      return answer;
    } catch (error) {
      const last = this.before.get(key);
      if (last === undefined || this.signal.aborted) throw error;
      this.failures.push(error instanceof Error ? error.message : String(error));
      this.answers.set(key, { ...last, ttl: 0 });
      return last;
    }
  }

  /**
   * All addresses of a host. Where a server can answer only for one family, and never did for the other, that one
   * counts. Rejects when neither was ever answered.
   */
  async hostAddresses(name: string): Promise<readonly HostAddress[]> {
    const types = ['A', 'AAAA'] as const;
    const settled = await Promise.allSettled(types.map((type) => this.ask({ name, type })));
    const answered = settled.some((one) => one.status === 'fulfilled' && one.value.addresses.length > 0);
    const failed = settled.find((one) => one.status === 'rejected');
    // Nothing of one family and no answer for the other is not known to be nothing.
    if (failed !== undefined && !answered) throw failed.reason;
    return settled.flatMap((one, index) =>
      one.status === 'rejected'
        ? []
        : one.value.addresses.map((address) => ({ address, type: types[index]! })),
    );
  }

  /** The same for one host of many: one that was never answered for is left out, with a problem. */
  async targetAddresses(name: string): Promise<readonly HostAddress[]> {
    try {
      return await this.hostAddresses(name);
    } catch (error) {
      this.failures.push(error instanceof Error ? error.message : String(error));
      return [];
    }
  }

  /** Why a host has no address. */
  nothing(name: string): string {
    const texts = (['A', 'AAAA'] as const).map(
      (type) => this.answers.get(keyOf({ name, type }))?.nothing ?? '',
    );
    return [...new Set(texts)].filter((text) => text !== '').join('; ');
  }
}

function keyOf({ name, type }: DnsQuestion): string {
  return `${type} ${name}`;
}
