import { randomUUID } from 'node:crypto';
import type { BackoffLimits } from '../../../../common/backoff.js';
import type { WebhookDriverConfig } from '../../../../common/config/index.js';
import { VelocityError } from '../../../../common/errors/index.js';
import type { Driver, Instance } from '../driver.js';
import { WebhookClient } from './webhook.client.js';

/** Answers to the question for the count by which a receiver says that it does not know. */
const UNASKABLE = [404, 405, 501];
const PAUSES: BackoffLimits = { baseMs: 500, maxMs: 5_000 };

export interface WebhookDriverParts {
  /** Name of the service, as it is sent. */
  readonly service: string;
  readonly settings: WebhookDriverConfig;
  /** Between tries. Default: half a second, growing to 5 s. */
  readonly pauses?: BackoffLimits;
}

/**
 * Tells a URL how many copies there should be, and leaves the rest to whoever is behind it: nothing is known of the copies but
 * that they are wanted. Whoever took over from another balancer, or starts again, asks the URL for the count (GET) before it
 * changes it.
 */
export class WebhookDriver implements Driver {
  private readonly client: WebhookClient;
  private readonly watches = new Set<() => void>();
  /** null: not known yet. */
  private wanted: readonly Instance[] | null = null;
  private made = 0;
  /** Counts are absolute: the later one must arrive later. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: WebhookDriverParts) {
    this.client = new WebhookClient(parts.settings, parts.pauses ?? PAUSES);
  }

  async list(): Promise<readonly Instance[]> {
    return this.inTurn(() => this.known());
  }

  async start(count: number): Promise<void> {
    await this.inTurn(async () => {
      const before = await this.known();
      await this.want([...before, ...this.some(count)], before.length);
    });
  }

  async stop(ids: readonly string[]): Promise<void> {
    await this.inTurn(async () => {
      const before = await this.known();
      const left = before.filter(({ id }) => !ids.includes(id));
      if (left.length < before.length) await this.want(left, before.length);
    });
  }

  watch(changed: () => void): () => void {
    // A function of its own: the same one may watch twice.
    const watch = () => changed();
    this.watches.add(watch);
    return () => void this.watches.delete(watch);
  }

  async close(): Promise<void> {
    this.watches.clear();
    this.client.close();
    await this.last;
  }

  private async inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.last.then(act);
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async want(instances: readonly Instance[], previous: number): Promise<void> {
    const { service } = this.parts;
    const count = instances.length;
    const body = JSON.stringify({ service, count, previous, at: new Date().toISOString() });
    await this.client.call({ method: 'POST', body, key: randomUUID() });
    this.wanted = instances;
    for (const watch of this.watches) watch();
  }

  private async known(): Promise<readonly Instance[]> {
    this.wanted ??= this.some(await this.presentCount());
    return this.wanted;
  }

  private async presentCount(): Promise<number> {
    const { status, body } = await this.client.call({ method: 'GET', body: '', key: '' }, UNASKABLE);
    if (UNASKABLE.includes(status) || body.trim() === '') return 0;
    const count = countIn(body);
    if (count === null) {
      throw new VelocityError(
        'DRIVER_REFUSED',
        'the webhook answers GET with something else than {"count": <whole number>}: answer so, or with 404',
      );
    }
    return count;
  }

  private some(count: number): Instance[] {
    return Array.from({ length: count }, () => {
      this.made += 1;
      const id = `wanted-${this.made}`;
      return { id, url: null, state: 'running' as const, startedAt: Date.now(), detail: '', cpu: null };
    });
  }
}

function countIn(body: string): number | null {
  try {
    const { count } = (JSON.parse(body) ?? {}) as { readonly count?: unknown };
    return Number.isSafeInteger(count) && Number(count) >= 0 && Number(count) <= 10_000
      ? Number(count)
      : null;
  } catch {
    return null;
  }
}
