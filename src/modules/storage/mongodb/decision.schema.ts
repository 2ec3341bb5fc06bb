import { Schema, type SchemaDefinition } from 'mongoose';

const NUMBER = { type: Number };
const TEXT = { type: String };
const FLAG = { type: Boolean };
const TEXTS = { type: [String], default: undefined };

/** A document within another, without an id of its own. */
function part(fields: Readonly<Record<string, unknown>>): Schema {
  return new Schema(fields as SchemaDefinition, { _id: false, id: false });
}

const candidateSchema = part({
  backend: TEXT,
  url: TEXT,
  states: TEXTS,
  inFlight: NUMBER,
  maxInFlight: NUMBER,
  weight: NUMBER,
  warmth: NUMBER,
  backup: FLAG,
  turn: NUMBER,
  score: NUMBER,
  skipped: TEXT,
});

const pickSchema = part({
  kind: TEXT,
  algorithm: TEXT,
  rule: TEXT,
  group: TEXT,
  groupChoice: TEXT,
  key: { type: part({ by: TEXT, name: TEXT, hash: NUMBER }) },
  affinity: TEXT,
  backend: TEXT,
  named: TEXT,
  drawn: TEXTS,
  bound: NUMBER,
  candidates: [candidateSchema],
  others: NUMBER,
});

const limitSchema = part({
  rule: TEXT,
  service: TEXT,
  by: TEXTS,
  header: TEXT,
  method: TEXT,
  path: TEXT,
  limit: NUMBER,
  windowMs: NUMBER,
  burst: NUMBER,
  allowed: FLAG,
  remaining: NUMBER,
  waitMs: NUMBER,
  shadow: FLAG,
  shared: FLAG,
});

/** `decision` of `access_logs`: fields as in `DecisionRecord`. */
export const decisionSchema = part({
  cause: TEXT,
  route: { type: part({ service: TEXT, host: TEXT, path: TEXT }) },
  block: { type: part({ verdict: TEXT, source: TEXT }) },
  limits: [limitSchema],
  queue: { type: part({ place: TEXT, ahead: NUMBER, size: NUMBER, waitedUs: NUMBER }) },
  breaker: TEXT,
  retryBudget: { type: part({ granted: FLAG, percent: NUMBER, minPerSecond: NUMBER }) },
  picks: [pickSchema],
  morePicks: NUMBER,
});
