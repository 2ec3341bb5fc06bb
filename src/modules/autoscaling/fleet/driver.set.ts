import type { ScalingDriverConfig } from '../../../common/config/index.js';
import type { Driver, Instance } from '../drivers/driver.js';

/** A list that takes longer is given up, and asked for again: it changes nothing, so that is safe. */
const LIST_DEADLINE_MS = 15_000;

/** An instance, and who started it. */
export interface OwnedInstance {
  readonly instance: Instance;
  /** Unique over all drivers of the fleet. */
  readonly key: string;
  /** Started with other settings than the present ones. */
  readonly isOutdated: boolean;
  readonly owner: OpenDriver;
}

export interface OpenDriver {
  readonly driver: Driver;
  /** Where instances live: drivers of one realm see the same ones. */
  readonly realm: string;
  readonly unwatch: () => void;
}

export type OpensDriver = (source: ScalingDriverConfig) => Promise<Driver>;

/**
 * The drivers of one service: the present one, and while their instances last, those of settings that are gone. Opened when
 * they are first needed.
 */
export class DriverSet {
  private present: OpenDriver | null = null;
  private former: OpenDriver[] = [];
  private opened = 0;
  /** Keys of instances that were there when the settings changed. */
  private older: ReadonlySet<string> = new Set();
  private seen: readonly OwnedInstance[] = [];

  constructor(
    private source: ScalingDriverConfig,
    private readonly open: OpensDriver,
    private readonly changed: () => void,
  ) {}

  get kind(): ScalingDriverConfig['driver'] {
    return this.source.driver;
  }

  /** Takes other settings. What runs by the old ones is listed from then on as outdated or former. */
  async use(source: ScalingDriverConfig): Promise<void> {
    const { present } = this;
    this.source = source;
    this.present = null;
    this.older = new Set(this.seen.map(({ key }) => key));
    if (present === null) return;
    if (present.realm === this.realmOf(source)) await close(present, true);
    else this.former.push(present);
  }

  /** Rejects when the present driver cannot say what there is. */
  async list(): Promise<readonly OwnedInstance[]> {
    const present = await this.current();
    const own = this.owned(present, await listOf(present.driver));
    const lists = await Promise.all(this.former.map((former) => this.listFormer(former)));
    this.seen = [...own, ...lists.flat()];
    return this.seen;
  }

  async start(count: number): Promise<void> {
    const { driver } = await this.current();
    await driver.start(count);
  }

  async stop({ owner, instance }: OwnedInstance): Promise<void> {
    await owner.driver.stop([instance.id]);
  }

  /** @param handOver Processes go on as well. */
  async close(handOver: boolean): Promise<void> {
    const all = [...this.former.splice(0), ...(this.present === null ? [] : [this.present])];
    this.present = null;
    await Promise.all(all.map((one) => close(one, handOver)));
  }

  /** One that is away keeps nobody from working; it is asked again at the next look. */
  private async listFormer(former: OpenDriver): Promise<readonly OwnedInstance[]> {
    try {
      const instances = await listOf(former.driver);
      // What has failed there is nothing to wait for.
      if (instances.some(({ state }) => state !== 'failed')) return this.owned(former, instances);
      this.former = this.former.filter((one) => one !== former);
      await close(former, false);
    } catch {
      // As above.
    }
    return [];
  }

  private async current(): Promise<OpenDriver> {
    if (this.present !== null) return this.present;
    const { source } = this;
    const driver = await this.open(source);
    const unwatch = driver.watch(this.changed);
    this.present = { driver, realm: this.realmOf(source), unwatch };
    this.opened++;
    return this.present;
  }

  private owned(owner: OpenDriver, instances: readonly Instance[]): OwnedInstance[] {
    return instances.map((instance) => {
      const key = `${owner.realm} ${instance.id}`;
      const isOutdated = owner !== this.present || (instance.isOutdated ?? this.older.has(key));
      return { instance, owner, isOutdated, key };
    });
  }

  /** Where a driver of these settings finds its instances. */
  private realmOf(source: ScalingDriverConfig): string {
    switch (source.driver) {
      // Processes stay with the driver that has started or adopted them.
      case 'process':
        return `process-${this.opened}`;
      case 'docker':
        return 'docker';
      case 'kubernetes':
        return `kubernetes ${source.namespace ?? ''} ${source.deployment}`;
      case 'webhook':
        return `webhook ${source.url}`;
    }
  }
}

async function close({ driver, unwatch }: OpenDriver, handOver: boolean): Promise<void> {
  unwatch();
  // One that cannot be closed properly keeps nobody from going on.
  await driver.close({ handOver }).catch(() => undefined);
}

async function listOf(driver: Driver): Promise<readonly Instance[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the driver did not answer within ${LIST_DEADLINE_MS / 1_000} s`)),
      LIST_DEADLINE_MS,
    );
  });
  try {
    return await Promise.race([driver.list(), late]);
  } finally {
    clearTimeout(timer);
  }
}
