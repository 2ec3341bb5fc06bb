import {
  type DropReason,
  type FallbackReason,
  type FallbackSettings,
} from '../../../../common/contract/index.js';
import type { Balancer, ServiceRuntime } from '../../../balancer/index.js';
import type { ExchangeLedger } from '../../exchange-ledger.js';
import type { Exchange } from '../../exchange.js';
import { answerBody, type FixedAnswer } from '../../fixed-answer.js';

/** What a service does instead of refusing: a fixed answer, or another service. Asked only when an exchange would be dropped. */
export class Fallback {
  /** Built once per snapshot that has it. */
  private readonly answers = new WeakMap<FallbackSettings, FixedAnswer>();

  constructor(
    private readonly balancer: Balancer,
    private readonly ledger: ExchangeLedger,
  ) {}

  /** The service that takes the exchange over; null: it is dropped, with the configured answer if there is one. */
  of(exchange: Exchange, reason: DropReason): ServiceRuntime | null {
    const { fallback } = exchange.settings.policies.breaker;
    // One step only: a service that serves for another does not pass it on.
    if (fallback === null || exchange.fallbackFrom !== null) return null;
    if (!isOneOf(fallback.on, reason)) return null;
    if (fallback.service === '') {
      exchange.answer = this.answerOf(fallback);
      return null;
    }
    return this.balancer.serviceNamed(fallback.service);
  }

  /** From here on the exchange, which has not been attempted, is one of the other service; for its own it is a drop. */
  take(exchange: Exchange, service: ServiceRuntime, reason: DropReason): void {
    const { snapshot } = exchange.service!;
    this.ledger.passedOn(snapshot.slot, service.snapshot.slot, reason);
    exchange.fallbackFrom = snapshot.name;
    exchange.service = service;
    exchange.timeouts = service.snapshot.timeouts;
    exchange.retries = service.snapshot.retries;
    exchange.retryAfterMs = 0;
  }

  private answerOf(fallback: FallbackSettings): FixedAnswer {
    const known = this.answers.get(fallback);
    if (known !== undefined) return known;
    const { status, contentType } = fallback;
    const headers = ['Content-Type', contentType, 'Cache-Control', 'no-store'];
    const body = answerBody(fallback.body);
    const answer = { status, headers: body === '' ? headers.slice(2) : headers, body };
    this.answers.set(fallback, answer);
    return answer;
  }
}

function isOneOf(reasons: readonly FallbackReason[], reason: DropReason): boolean {
  return (reasons as readonly DropReason[]).includes(reason);
}
