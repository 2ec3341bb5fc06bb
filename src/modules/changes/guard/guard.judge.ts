import type { GuardTerms } from '../../registry/index.js';
import type { Traffic } from './traffic.js';

/** A share of fewer exchanges says little ... */
const ENOUGH_FOR_SHARE = 20;
/** ... unless so many failed, and at least half of all. */
const ENOUGH_ERRORS = 5;
const HALF = 0.5;
/** A 99th percentile of fewer exchanges is one slow one. */
const ENOUGH_FOR_LATENCY = 100;
/** Twice next to nothing is still nothing that anybody feels. */
const NOTICEABLE_MS = 50;

/** Why the time after a change is worse than the time before it by more than its terms allow; null: it is not. */
export function whyWorse(
  before: Traffic,
  after: Traffic,
  terms: Pick<GuardTerms, 'maxErrorIncrease' | 'maxLatencyFactor'>,
): string | null {
  if (hasMoreErrors(before, after, terms.maxErrorIncrease)) {
    const share = `${percent(before.share)} to ${percent(after.share)}`;
    return `5xx rose from ${share} (${after.errors} of ${after.requests} exchanges)`;
  }
  if (isSlower(before, after, terms.maxLatencyFactor)) {
    return `p99 rose from ${milliseconds(before.p99Ms)} to ${milliseconds(after.p99Ms)} (${after.responses} responses)`;
  }
  return null;
}

function hasMoreErrors(before: Traffic, after: Traffic, maxIncrease: number): boolean {
  if (after.share <= before.share + maxIncrease) return false;
  return after.requests >= ENOUGH_FOR_SHARE || (after.errors >= ENOUGH_ERRORS && after.share >= HALF);
}

function isSlower(before: Traffic, after: Traffic, maxFactor: number): boolean {
  const isKnown = before.responses >= ENOUGH_FOR_LATENCY && after.responses >= ENOUGH_FOR_LATENCY;
  return isKnown && after.p99Ms > before.p99Ms * maxFactor && after.p99Ms > before.p99Ms + NOTICEABLE_MS;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}
