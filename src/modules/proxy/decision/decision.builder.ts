import type {
  BlockDecision,
  DecisionCause,
  DecisionRecord,
  PickDecision,
  QueueDecision,
  RouteDecision,
} from '../../../common/contract/index.js';
import { BLOCK_SOURCES, BLOCK_VERDICTS } from '../../../common/contract/index.js';
import { type Balancer, matchedRoute } from '../../balancer/index.js';
import type { Exchange } from '../exchange.js';

/** What the exchange has left of its decision, as a record. Not on the hot path: only where it is kept. */
export function decisionOf(exchange: Exchange, cause: DecisionCause, balancer: Balancer): DecisionRecord {
  const { service, retries, limitTrace, budgetGranted } = exchange;
  const picks = picksOf(exchange, balancer);
  return {
    cause,
    route: routeOf(exchange, balancer),
    block: blockOf(exchange.blockCode),
    limits: limitTrace === null ? [] : limitTrace.decisions(),
    queue: queueOf(exchange, balancer),
    breaker: service === null ? null : (exchange.breakerSeen ?? balancer.breakerOf(service)),
    retryBudget:
      budgetGranted === null
        ? null
        : {
            granted: budgetGranted,
            percent: retries.budgetPercent,
            minPerSecond: retries.budgetMinPerSecond,
          },
    picks,
    morePicks: exchange.picksMade - picks.length,
  };
}

function picksOf(exchange: Exchange, balancer: Balancer): PickDecision[] {
  const picks: PickDecision[] = [];
  for (let trace = exchange.firstPick; trace !== null; trace = trace.next) {
    picks.push(balancer.decisionOf(trace));
  }
  return picks;
}

/** The one it came by: a service that serves in its place was not routed to. */
function routeOf({ service, fallbackFrom, host, path }: Exchange, balancer: Balancer): RouteDecision | null {
  const routed = fallbackFrom === null ? service : balancer.serviceNamed(fallbackFrom);
  return routed === null ? null : matchedRoute(routed.snapshot, host, path);
}

function queueOf(exchange: Exchange, balancer: Balancer): QueueDecision | null {
  const { service, dropReason, queuePlace } = exchange;
  if (service === null) return null;
  const { queue } = service.snapshot.policies;
  const waitedUs = Math.max(0, Math.round(exchange.queuedMs * 1000));
  if (queuePlace !== null)
    return { place: queuePlace, ahead: exchange.queueAhead, size: queue.size, waitedUs };
  if (dropReason !== 'queue_full') return null;
  const place = queue.maxInFlight > 0 && exchange.firstPick === null ? 'permit' : 'backend';
  return { place, ahead: balancer.waitingAt(service), size: queue.size, waitedUs };
}

/** How a verdict and who gave it stand in one number, so that an exchange holds them without an allocation. 0: nothing. */
export function blockCode(verdict: BlockDecision['verdict'], source: BlockDecision['source']): number {
  return 1 + BLOCK_VERDICTS.indexOf(verdict) + BLOCK_VERDICTS.length * BLOCK_SOURCES.indexOf(source);
}

function blockOf(code: number): BlockDecision | null {
  if (code === 0) return null;
  const index = code - 1;
  return {
    verdict: BLOCK_VERDICTS[index % BLOCK_VERDICTS.length]!,
    source: BLOCK_SOURCES[Math.floor(index / BLOCK_VERDICTS.length)]!,
  };
}
