import type { AdminClient, Query } from '../admin/admin.client.js';

/**
 * A record is stored when its exchange ends and bears the time of its beginning: a look goes back this far, so that one
 * that took up to a minute is still found.
 */
const LOOK_BACK_MS = 60_000;
const PAGE = 1_000;
/** Ids that may be remembered before old ones are looked for. */
const MANY = 100_000;
/** Pages read in one look; what is beyond was too fast to be read by people. */
const MAX_PAGES = 10;

interface Dated {
  readonly id: string;
  readonly time: number;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Finds the records that were stored since the last look. */
export class RecordFollower<T extends Dated> {
  /** Time by id, of what was given already. */
  private readonly given = new Map<string, number>();
  /** Of all records so far. By the balancer's clock, which may differ from ours. */
  private newest = 0;
  /** Whether the last look left some out because there were too many. */
  isBehind = false;

  constructor(
    private readonly client: AdminClient,
    private readonly path: string,
    private readonly filter: Query,
  ) {}

  /** What is there is known from now on, so that it is not found again. */
  skip(records: readonly T[]): void {
    for (const { id, time } of records) {
      this.given.set(id, time);
      this.newest = Math.max(this.newest, time);
    }
  }

  /** Of records that came another way those that were not given yet. */
  fresh(records: readonly T[]): T[] {
    if (this.given.size > MANY) this.forget();
    const unseen = records.filter(({ id }) => !this.given.has(id));
    this.skip(unseen);
    return unseen;
  }

  /** New records, oldest first. */
  async look(): Promise<T[]> {
    this.forget();
    const fresh: T[] = [];
    const query = { ...this.filter, from: `-${LOOK_BACK_MS}ms`, limit: PAGE };
    let page = await this.client.get<Page<T>>(this.path, { query });
    for (let pages = 1; ; pages++) {
      const unseen = page.items.filter(({ id }) => !this.given.has(id));
      this.skip(unseen);
      fresh.push(...unseen);
      this.isBehind = page.next !== null && unseen.length > 0 && pages === MAX_PAGES;
      if (page.next === null || unseen.length === 0 || this.isBehind) return fresh.reverse();
      page = await this.client.get<Page<T>>(page.next);
    }
  }

  /** What is too old to be found again. */
  private forget(): void {
    const oldest = this.newest - 2 * LOOK_BACK_MS;
    for (const [id, time] of this.given) if (time < oldest) this.given.delete(id);
  }
}
