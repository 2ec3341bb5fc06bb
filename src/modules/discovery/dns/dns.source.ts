import { domainToASCII } from 'node:url';
import { isIPv6 } from 'node:net';
import type { DnsSourceConfig } from '../../../common/config/index.js';
import { Backoff } from '../../../common/backoff.js';
import type { DiscoverySource, Findings, FoundBackend } from '../found.js';
import { sourceName } from '../source.names.js';
import { DnsLookup, type Lookup, type ResolvedPlace } from './dns.lookup.js';
import type { DnsAsker } from './dns.question.js';

const MS_PER_SECOND = 1_000;
/** So many in a row say that there is nothing. */
const EMPTY_ANSWERS = 2;

export interface DnsSourceParts {
  readonly config: DnsSourceConfig;
  /** Whose backends it finds. */
  readonly service: string;
  readonly asker: DnsAsker;
}

/**
 * Backends that stand in the DNS: asked again when an answer's time to live is over, within the bounds of the
 * configuration. While no name server answers, the last answers count. An answer without any backend counts only when
 * a second one, after `minIntervalMs`, says the same: a zone that is just being loaded must not empty a service.
 */
export class DnsSource implements DiscoverySource {
  readonly name: string;
  private readonly lookup: DnsLookup;
  private readonly backoff: Backoff;
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> = Promise.resolve();
  private trouble = '';
  /** In a row. */
  private emptyAnswers = 0;

  constructor(private readonly parts: DnsSourceParts) {
    const { config, asker } = parts;
    this.name = sourceName('dns', config.name);
    const name = domainToASCII(config.name) || config.name;
    this.lookup = new DnsLookup({ name, record: config.record, port: config.port }, asker);
    this.backoff = new Backoff({ baseMs: 2 * config.minIntervalMs, maxMs: config.maxIntervalMs });
  }

  start(found: (findings: Findings) => void): void {
    this.looking = this.look(found);
  }

  problem(): string {
    return this.trouble;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    if (this.timer !== null) clearTimeout(this.timer);
    await this.looking;
  }

  private async look(found: (findings: Findings) => void): Promise<void> {
    const { signal } = this.stopping;
    let pauseMs: number;
    try {
      pauseMs = this.take(await this.lookup.look(signal), found);
    } catch (error) {
      this.trouble = error instanceof Error ? error.message : String(error);
      pauseMs = this.pauseAfterFailure();
    }
    if (signal.aborted) return;
    this.timer = setTimeout(() => {
      this.looking = this.look(found);
    }, pauseMs).unref();
  }

  /** Milliseconds until the next look. */
  private take(result: Lookup, found: (findings: Findings) => void): number {
    const { minIntervalMs, maxIntervalMs } = this.parts.config;
    const { places, nothing, problem, ttl } = result;
    this.trouble = problem !== '' ? problem : nothing;
    if (places.length > 0) this.emptyAnswers = 0;
    // A look with a problem confirms nothing.
    else if (problem === '') this.emptyAnswers++;
    const isBelieved = places.length > 0 || this.emptyAnswers >= EMPTY_ANSWERS;
    if (isBelieved) found(this.findings(places));
    if (problem !== '') return this.pauseAfterFailure();
    this.backoff.reset();
    return isBelieved ? Math.min(maxIntervalMs, Math.max(minIntervalMs, ttl * MS_PER_SECOND)) : minIntervalMs;
  }

  private pauseAfterFailure(): number {
    return Math.max(this.parts.config.minIntervalMs, this.backoff.next());
  }

  private findings(places: readonly ResolvedPlace[]): Findings {
    return { backends: places.map((place) => this.backend(place)), services: [], problems: [] };
  }

  private backend({ address, port, weight, backup, place }: ResolvedPlace): FoundBackend {
    const { service, config } = this.parts;
    const url = `${config.scheme}://${isIPv6(address) ? `[${address}]` : address}:${port}`;
    const settings = { ...(weight === null ? {} : { weight }), ...(backup ? { backup } : {}) };
    return { service, backend: { url, ...settings }, place };
  }
}
