import { VelocityError } from '../../common/errors/index.js';
import type {
  AccessLogFilter,
  AccessLogStore,
  AnalyticsStore,
  Consignment,
  ConsignmentStore,
  PageRequest,
} from '../logging/index.js';

/** A store of records that keeps no roll-ups: until each driver has its own. */
export class RecordsOnly implements AccessLogStore, ConsignmentStore, AnalyticsStore {
  readonly maxInFlight = 1;
  readonly isAtomic = true;

  constructor(private readonly store: AccessLogStore) {}

  append(records: Parameters<AccessLogStore['append']>[0]): Promise<void> {
    return this.store.append(records);
  }

  deliver({ records }: Consignment): Promise<void> {
    return this.store.append(records);
  }

  async settle(): Promise<void> {}

  query(filter: AccessLogFilter, page: PageRequest): ReturnType<AccessLogStore['query']> {
    return this.store.query(filter, page);
  }

  async analyze(): Promise<never> {
    throw new VelocityError('STORE_UNAVAILABLE', 'This store keeps no sums.');
  }
}
