import {
  type AnalyticsFilter,
  type AnalyticsQuery,
  type Cube,
  MAX_PATH_CHARACTERS,
} from '../../../logging/log-store.js';

/** More of them are forgotten: those of a malicious or broken client, at worst. */
const MAX_REMEMBERED = 50_000;
const REFUSED = null;

/** What a name in a cube means to a question: the key of its group, or that it is not asked for. */
export class RollupNames {
  private readonly keys = new Map<string, string | typeof REFUSED>();
  private readonly path: string | undefined;
  /** The service alone decides: the sums of all names are the answer. */
  readonly areIndifferent: boolean;
  /** Each name is the key of its group. */
  private readonly areKeys: boolean;

  constructor(
    private readonly cube: Cube,
    private readonly query: Pick<AnalyticsQuery, 'filter' | 'groupBy'>,
  ) {
    const { filter, groupBy } = query;
    this.path = filter.path?.slice(0, MAX_PATH_CHARACTERS);
    this.areKeys =
      (cube === 'paths' && groupBy === 'path' && filter.path === undefined) ||
      (cube === 'clients' && groupBy === 'client' && filter.client === undefined);
    const asked = Object.entries(filter).filter(([name, value]) => value !== undefined && name !== 'service');
    this.areIndifferent = asked.length === 0 && (groupBy === null || groupBy === 'service');
  }

  /** null: it is not asked for. */
  keyOf(service: string, name: string): string | null {
    if (this.areKeys) return name;
    let key = this.keys.get(name);
    if (key === undefined) {
      if (this.keys.size >= MAX_REMEMBERED) this.keys.clear();
      key = this.cube === 'traffic' ? this.trafficKey(name) : this.namedKey(name);
      this.keys.set(name, key);
    }
    return key !== REFUSED && this.query.groupBy === 'service' ? service : key;
  }

  private namedKey(name: string): string | typeof REFUSED {
    const { filter, groupBy } = this.query;
    const wanted = this.cube === 'paths' ? this.path : filter.client;
    if (wanted !== undefined && wanted !== name) return REFUSED;
    return groupBy === 'path' || groupBy === 'client' ? name : '';
  }

  private trafficKey(name: string): string | typeof REFUSED {
    const [status = '', dropReason = '', ...rest] = name.split('\t');
    const place = { status: Number(status), dropReason, backend: rest.join('\t') };
    if (!matches(this.query.filter, place)) return REFUSED;
    const { groupBy } = this.query;
    if (groupBy === 'status') return status;
    if (groupBy === 'statusClass') return String(Math.floor(place.status / 100));
    return groupBy === 'dropReason' || groupBy === 'backend' ? place[groupBy] : '';
  }
}

interface TrafficPlace {
  readonly status: number;
  readonly dropReason: string;
  readonly backend: string;
}

/** The service apart. */
function matches(filter: AnalyticsFilter, { status, dropReason, backend }: TrafficPlace): boolean {
  return (
    (filter.backend === undefined || filter.backend === backend) &&
    (filter.status === undefined || filter.status === status) &&
    (filter.statusClass === undefined || filter.statusClass === Math.floor(status / 100)) &&
    (filter.dropReason === undefined || filter.dropReason === dropReason) &&
    (filter.dropped === undefined || filter.dropped === (dropReason !== ''))
  );
}
