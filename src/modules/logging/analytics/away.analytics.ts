import { VelocityError } from '../../../common/errors/index.js';
import type { AnalyticsAnswer, AnalyticsStore } from './analytics-store.js';

/** Where no store answers questions on the past. */
export class AwayAnalytics implements AnalyticsStore {
  async analyze(): Promise<AnalyticsAnswer> {
    throw new VelocityError('STORE_UNAVAILABLE', 'The store of the access log answers no questions now.');
  }
}
