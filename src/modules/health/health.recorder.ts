import type { HealthLogRecord } from '../../common/contract/index.js';

/**
 * Takes every probe and every change of a backend's health. Called often (with 10,000 backends about 2,000 times a
 * second): must return at once and must not throw.
 */
export interface HealthRecorder {
  record(record: HealthLogRecord): void;
}

export const HEALTH_RECORDER = Symbol('HealthRecorder');
