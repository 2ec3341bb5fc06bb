import { z } from 'zod';
import {
  AFFINITY_RESULTS,
  ALGORITHM_NAMES,
  BLOCK_SOURCES,
  BLOCK_VERDICTS,
  CANDIDATE_STATES,
  CIRCUIT_STATE_NAMES,
  DECISION_CAUSES,
  GROUP_CHOICES,
  PICK_KEYS,
  PICK_KINDS,
  PICK_RULES,
  QUEUE_PLACES,
  RATE_LIMIT_KEYS,
  SKIP_REASONS,
} from '../../../common/contract/index.js';

const candidateSchema = z
  .strictObject({
    backend: z.string(),
    url: z.string(),
    states: z.array(z.enum(CANDIDATE_STATES)).meta({ description: 'What keeps it out; empty: nothing.' }),
    inFlight: z.int(),
    maxInFlight: z.int().meta({ description: '0: no limit.' }),
    weight: z.int().meta({ description: 'As it counted: in tenths while any backend is in slow start.' }),
    warmth: z.int().meta({ description: 'Tenths of its weight in slow start; 0: not in rotation.' }),
    backup: z.boolean(),
    turn: z.int().nullable().meta({ description: 'Turns until its own; null: no turns, or too far away.' }),
    score: z
      .number()
      .nullable()
      .meta({ description: 'What the rule compared, least is best; null: it was not compared.' }),
    skipped: z.enum(SKIP_REASONS).nullable().meta({ description: 'null: it was picked.' }),
  })
  .meta({ id: 'DecisionCandidate', description: 'One backend that might have been picked.' });

const pickSchema = z
  .strictObject({
    kind: z.enum(PICK_KINDS),
    algorithm: z.enum(ALGORITHM_NAMES),
    rule: z.enum(PICK_RULES).meta({ description: 'What settled it; `none`: nobody could be picked.' }),
    group: z.string().nullable(),
    groupChoice: z.enum(GROUP_CHOICES).nullable().meta({ description: 'null: the service is not split.' }),
    key: z
      .strictObject({ by: z.enum(PICK_KEYS), name: z.string(), hash: z.int() })
      .nullable()
      .meta({ description: 'What of the request the algorithm goes by; null: nothing.' }),
    affinity: z.enum(AFFINITY_RESULTS),
    backend: z.string().nullable(),
    named: z.string().nullable().meta({ description: 'Backend that the affinity cookie names; null: none.' }),
    drawn: z.array(z.string()).meta({ description: 'Those that chance drew, in that order.' }),
    bound: z.number().meta({
      description: 'In flight per weight from which on `boundedLoad` passes over a backend; 0: none.',
    }),
    candidates: z.array(candidateSchema),
    others: z.int().meta({ description: 'Backends of the service that are not listed.' }),
  })
  .meta({ id: 'DecisionPick', description: 'How the backend of one attempt was picked.' });

const limitSchema = z
  .strictObject({
    rule: z.string(),
    service: z.string().meta({ description: 'Empty: it holds for all services.' }),
    by: z.array(z.enum(RATE_LIMIT_KEYS)),
    header: z.string(),
    method: z.string(),
    path: z.string(),
    limit: z.int().meta({ description: 'Exchanges per `windowMs`.' }),
    windowMs: z.int(),
    burst: z.int(),
    allowed: z.boolean(),
    remaining: z.int().meta({ description: 'Exchanges that could have followed at once.' }),
    waitMs: z.int().meta({ description: 'Until the next one would be admitted; 0: at once.' }),
    shadow: z.boolean(),
    shared: z.boolean(),
  })
  .meta({ id: 'DecisionLimit', description: 'One rate limit that applied.' });

export const decisionSchema = z
  .strictObject({
    cause: z.enum(DECISION_CAUSES).meta({ description: 'Why it was kept.' }),
    route: z
      .strictObject({
        service: z.string(),
        host: z.string().meta({ description: 'The entry that matched; empty: any host.' }),
        path: z.string().meta({ description: 'The prefix that matched.' }),
      })
      .nullable(),
    block: z
      .strictObject({ verdict: z.enum(BLOCK_VERDICTS), source: z.enum(BLOCK_SOURCES) })
      .nullable()
      .meta({ description: 'null: no list and no ban says anything of the client.' }),
    limits: z.array(limitSchema),
    queue: z
      .strictObject({
        place: z.enum(QUEUE_PLACES),
        ahead: z.int(),
        size: z.int(),
        waitedUs: z.int(),
      })
      .nullable()
      .meta({ description: 'The last place it waited at; null: it did not wait.' }),
    breaker: z
      .enum(CIRCUIT_STATE_NAMES)
      .nullable()
      .meta({ description: 'Of the service as a whole; null: it has none.' }),
    retryBudget: z
      .strictObject({ granted: z.boolean(), percent: z.int(), minPerSecond: z.int() })
      .nullable()
      .meta({ description: 'null: no further try was asked for.' }),
    picks: z.array(pickSchema),
    morePicks: z.int().meta({ description: 'Picks that are not listed.' }),
  })
  .meta({
    id: 'Decision',
    description: 'Why an exchange went the way it went, as it was when it was decided.',
  });
