import type {
  DecisionRecord,
  LimitDecision,
  PickDecision,
  QueueDecision,
} from '../../../common/contract/index.js';
import { candidateSentence } from './candidate.sentence.js';

/** What of a request the sentences tell besides its decision. */
export interface ToldRequest {
  readonly host: string;
  readonly path: string;
  readonly method: string;
  readonly client: string;
}

/** Why an exchange went the way it went, in plain sentences and in the order of the phases. Pure. */
export function decisionSentences(decision: DecisionRecord, request: ToldRequest): string[] {
  return [
    routeSentence(decision, request),
    ...blockSentences(decision, request),
    ...decision.limits.map((limit) => limitSentence(limit, request)),
    ...(decision.breaker === null ? [] : [`Breaker of the service: ${decision.breaker}.`]),
    ...(decision.queue === null ? [] : [queueSentence(decision.queue)]),
    ...decision.picks.flatMap(pickSentences),
    ...(decision.morePicks > 0 ? [`${decision.morePicks} more picks are not recorded.`] : []),
    ...budgetSentences(decision),
  ];
}

function routeSentence({ route }: DecisionRecord, { host, path }: ToldRequest): string {
  if (route === null)
    return `Route: no service serves host ${host || '(none)'} and path ${path}, or none was looked for.`;
  const byHost = route.host === '' ? 'the service takes any host' : `host ${host} matched ${route.host}`;
  return `Route: ${byHost}, path ${path} matched ${route.path}: service ${route.service}.`;
}

function blockSentences({ block }: DecisionRecord, { client }: ToldRequest): string[] {
  if (block === null) return [];
  const source = {
    lists: 'the lists of the configuration',
    bans: 'a ban',
    service: 'the lists of the service',
  };
  switch (block.verdict) {
    case 'allowed':
      return [`Allowed: ${client} is let through by ${source[block.source]}.`];
    case 'blocked':
      return [`Blocked: ${client} is kept out by ${source[block.source]}.`];
    case 'shadow':
      return [`Shadow: ${client} would be kept out by ${source[block.source]}.`];
  }
}

function limitSentence(limit: LimitDecision, request: ToldRequest): string {
  const { rule, allowed, shadow, remaining, burst, waitMs } = limit;
  const scope = limit.service === '' ? 'of all services' : `of ${limit.service}`;
  const rate = `${limit.limit} per ${limit.windowMs / 1000} s, ${burst} at once`;
  const start = `Rate limit ${rule} ${scope} (${rate}; counted by ${limitKey(limit, request)})`;
  if (allowed) return `${start}: admitted, ${remaining} of ${burst} left.`;
  const again = `next one in ${waitMs} ms`;
  return shadow ? `${start}: would refuse, but is in shadow; ${again}.` : `${start}: refused, ${again}.`;
}

/** Names of headers only: their values may be secrets. */
function limitKey({ by, header, method, path }: LimitDecision, request: ToldRequest): string {
  if (by.length === 0) return 'everybody together';
  const parts = {
    ip: request.client,
    endpoint: `${method || request.method} ${path || request.path}`,
    header,
  };
  return by.map((key) => (key === 'header' ? `header ${header}` : parts[key])).join(' and ');
}

function queueSentence({ place, ahead, size, waitedUs }: QueueDecision): string {
  const what = {
    permit: 'its turn at the service',
    backend: 'room at a backend',
    hold: 'a backend to come back',
    'shared-limits': 'the count of all balancers',
  };
  return `Queue: waited for ${what[place]}, ${(waitedUs / 1000).toFixed(1)} ms in all; ${ahead} waited already, of ${size} places.`;
}

function pickSentences(pick: PickDecision): string[] {
  const count = pick.candidates.length + pick.others;
  const kind = {
    first: 'Pick',
    retry: 'Pick of the retry',
    hedge: 'Pick of the hedge',
    again: 'Pick once more',
  };
  const outcome = pick.backend === null ? ': nobody could be picked' : '';
  return [
    `${kind[pick.kind]} by ${pick.algorithm}${groupOf(pick)}${keyOf(pick)}, ${count} ${count === 1 ? 'candidate' : 'candidates'}${outcome}.`,
    ...affinitySentence(pick),
    ...pick.candidates.map((candidate) => `  ${candidateSentence(candidate, pick)}`),
    ...(pick.others > 0 ? [`  ${pick.others} others are not listed.`] : []),
  ];
}

function groupOf({ group, groupChoice }: PickDecision): string {
  if (groupChoice === null) return '';
  if (group === null) return groupChoice === 'open' ? ' in all groups, as its own was full' : '';
  const why = {
    header: 'as its header says',
    cookie: 'as its cookie says',
    share: 'by share',
    retry: 'as before',
    open: 'as its own was full',
  };
  return ` in group ${group} (${why[groupChoice]})`;
}

function keyOf({ key }: PickDecision): string {
  if (key === null || key.by === 'cookie') return '';
  const what = { client: 'the client address', url: 'path and query', header: `header ${key.name}` };
  return ` of ${what[key.by]}`;
}

function affinitySentence({ key, named, affinity, candidates }: PickDecision): string[] {
  if (key?.by !== 'cookie') return [];
  if (named === null) return [`  The cookie ${key.name} names no backend: a new client.`];
  const url = candidates.find(({ backend }) => backend === named)?.url ?? named;
  return affinity === 'hit' ? [] : [`  The cookie ${key.name} names ${url}, which could not be picked.`];
}

function budgetSentences({ retryBudget }: DecisionRecord): string[] {
  if (retryBudget === null) return [];
  const terms = `${retryBudget.percent}% of the requests, at least ${retryBudget.minPerSecond} a second`;
  return [
    `Retry budget (${terms}): ${retryBudget.granted ? 'granted' : 'used up, so nothing more was tried'}.`,
  ];
}
