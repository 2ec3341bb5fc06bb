import { DECISION_LIMITS } from './decision-record.js';

/**
 * The binary form of a decision, the last field of an access-log record:
 *
 * | field | form |
 * |---|---|
 * | cause | u8: 0 for no decision, and nothing follows; else index + 1 |
 * | breaker, queue place, retry budget | u8 each: 0 for none, else index + 1; of the budget 1 refused, 2 granted |
 * | block | u8: 0 for none, else verdict + 4 times source + 1 |
 * | route | u8: 0 for none; else 1, then service, host, path (texts) |
 * | queue | ahead, size, waited (varints), if there is one |
 * | retry budget | percent, least (varints), if there is one |
 * | limits | count (u8), then name, service, header, method, path (texts), `by` (bits, u8), flags (u8), limit, window, burst, remaining, wait (varints) each |
 * | backends | count (varint), then id (8 bytes) and URL (text) each: candidates name them by their index |
 * | picks | count (u8), how many more (varint), then as {@link PickFlag} says |
 *
 * Pick: kind, algorithm, rule, affinity, group choice + 1, key + 1, flags (u8 each), group and the key's name (texts), hash
 * (u32), bound (f64), the chosen backend, the named one + 1 and those drawn (varints), candidates (u8), others (varint). Candidate: backend (varint),
 * states (bits, u8), skipped + 1 (u8), flags (u8), in flight, limit, weight, warmth, turn + 1 (varints), score (f64, if flagged).
 */
export const CandidateFlag = { backup: 1, score: 2 } as const;
export const PickFlag = { chosen: 1, group: 2 } as const;
export const LimitFlag = { allowed: 1, shadow: 2, shared: 4 } as const;

/** Longest texts in bytes of UTF-8. */
export const DECISION_TEXTS = {
  host: 256,
  path: 1024,
  service: 256,
  name: 128,
  method: 32,
  url: 128,
  group: 63,
} as const;

const { picks, candidates, limits } = DECISION_LIMITS;
const { host, path, service, name, method, url, group } = DECISION_TEXTS;

/** No encoded decision is longer. */
export const MAX_DECISION_BYTES =
  256 +
  (host + path + service) +
  limits * (2 * name + service + method + path + 64) +
  picks * candidates * (8 + url + 2) +
  picks * (64 + group + name + candidates * 48);
