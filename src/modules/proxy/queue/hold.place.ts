import { type DropReason, monotonicMs, SERVICE_CELLS, ServiceCell } from '../../../common/contract/index.js';
import type { Timed } from '../deadline.ticker.js';
import type { Exchange, WaitingPlace } from '../exchange.js';
import type { OutcomeObserver } from '../outcomes/outcome.observer.js';
import type { GateFlow } from '../policies/gate.js';
import type { QueueParts } from './turn.place.js';

/** Before the first try, and at most between two. */
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 500;
/** So many go on at first when a backend has answered; with each tick twice as many, so that it is not run over. */
const FIRST_BATCH = 8;

/** An exchange that waits for a backend to come back, and what it is dropped for when none does. */
interface Held {
  readonly exchange: Exchange;
  readonly reason: DropReason;
}

/** Who waits for a backend of one service in this thread, the longest held first. */
class HeldExchanges {
  readonly byExchange = new Map<Exchange, Held>();
  pauseMs = FIRST_PAUSE_MS;
  tryAtMs = 0;
  /** The service's when it was last looked at. */
  epoch = 0;
  /** Whoever tries for all. */
  scout: Exchange | null = null;
  /** How many go on at the next tick; 0: one tries, the others wait. */
  batch = 0;
}

/**
 * Holds exchanges while no backend of their service can be reached, such as while the only one restarts. One tries for all,
 * at once when a backend's state changes, else with growing pauses; when a backend answers, or at least takes the
 * connection, the others follow. Who has waited for `hold` is dropped for what had kept it from its backend.
 */
export class HoldPlace implements WaitingPlace, OutcomeObserver, Timed {
  /** At every tick. */
  readonly deadlineMs = 0;
  readonly queuePlace = 'hold';
  private readonly services = new Map<number, HeldExchanges>();
  /** Until when each exchange may be held, however often it is. */
  private readonly deadlines = new WeakMap<Exchange, number>();
  private flow: GateFlow | null = null;

  constructor(private readonly parts: QueueParts) {}

  /** Keeps an exchange for which `reason` would be the end; a reason: it is dropped for that one. */
  enter(exchange: Exchange, reason: DropReason, flow: GateFlow): DropReason | null {
    const { slot, policies } = exchange.settings;
    const nowMs = monotonicMs();
    const deadlineMs = this.deadlines.get(exchange) ?? nowMs + policies.queue.holdMs;
    if (deadlineMs <= nowMs) return reason;
    if (!this.parts.places.take(slot, policies.queue.size, false)) return 'queue_full';
    this.flow = flow;
    this.deadlines.set(exchange, deadlineMs);
    const held = this.heldOf(slot, nowMs);
    if (held.scout === exchange) held.scout = null;
    if (held.batch > 0) this.rest(held, nowMs);
    held.byExchange.set(exchange, { exchange, reason });
    this.parts.ticker.add(this);
    return null;
  }

  abandon(exchange: Exchange): void {
    const { slot } = exchange.settings;
    const held = this.services.get(slot);
    if (held === undefined || !held.byExchange.delete(exchange)) return;
    this.parts.places.giveBack(slot, false);
  }

  /** A backend answers: nobody has to wait any more. */
  responded(exchange: Exchange): void {
    if (this.services.size === 0) return;
    const held = this.services.get(exchange.settings.slot);
    if (held !== undefined && held.batch === 0) held.batch = FIRST_BATCH;
  }

  onDeadline(nowMs: number): void {
    for (const [slot, held] of Array.from(this.services)) {
      this.dropOverdue(held, nowMs);
      if (held.byExchange.size > 0) this.lookAfter(slot, held, nowMs);
      else if (!isOut(held.scout)) this.services.delete(slot);
    }
    if (this.services.size === 0) this.parts.ticker.remove(this);
  }

  private dropOverdue(held: HeldExchanges, nowMs: number): void {
    for (const { exchange, reason } of held.byExchange.values()) {
      if (this.deadlines.get(exchange)! <= nowMs) this.flow!.turnAway(exchange, reason);
    }
  }

  private lookAfter(slot: number, held: HeldExchanges, nowMs: number): void {
    const epoch = this.epochOf(slot);
    const hasChanged = epoch !== held.epoch;
    if (hasChanged) {
      held.epoch = epoch;
      this.rest(held, nowMs);
      held.tryAtMs = nowMs;
    }
    if (held.batch === 0 && isConnected(held.scout)) held.batch = FIRST_BATCH;
    if (held.batch > 0) {
      const count = held.batch;
      held.batch *= 2;
      return this.resume(held, count);
    }
    // A change may be a backend that those who wait do not know yet: only who goes on sees it.
    if (nowMs < held.tryAtMs || !(hasChanged || hasRotation(held))) return;
    held.pauseMs = Math.min(2 * held.pauseMs, LONGEST_PAUSE_MS);
    held.tryAtMs = nowMs + held.pauseMs;
    const scout = firstOf(held);
    held.scout = scout;
    this.resume(held, 1);
  }

  /** Nobody is there after all: back to trying with pauses. */
  private rest(held: HeldExchanges, nowMs: number): void {
    held.batch = 0;
    held.scout = null;
    held.pauseMs = FIRST_PAUSE_MS;
    held.tryAtMs = nowMs + FIRST_PAUSE_MS;
  }

  /** The longest held ones go on, and may go to any backend again. */
  private resume(held: HeldExchanges, count: number): void {
    const going = [...held.byExchange.keys()].slice(0, count);
    for (const exchange of going) {
      exchange.tried.length = 0;
      this.abandon(exchange);
      exchange.heldMs += monotonicMs() - exchange.waitsSinceMs;
      this.flow!.resume(exchange);
    }
  }

  private heldOf(slot: number, nowMs: number): HeldExchanges {
    let held = this.services.get(slot);
    if (held === undefined) {
      held = new HeldExchanges();
      held.epoch = this.epochOf(slot);
      held.tryAtMs = nowMs + FIRST_PAUSE_MS;
      this.services.set(slot, held);
    }
    return held;
  }

  private epochOf(slot: number): number {
    return Atomics.load(this.parts.memory.services, slot * SERVICE_CELLS + ServiceCell.epoch);
  }
}

function hasRotation(held: HeldExchanges): boolean {
  return firstOf(held).service!.rotations.current().backends.length > 0;
}

function firstOf(held: HeldExchanges): Exchange {
  return held.byExchange.keys().next().value!;
}

/** It may still come back, and then finds how long the pauses have become. */
function isOut(scout: Exchange | null): boolean {
  return scout !== null && scout.isAttempting && !isConnected(scout);
}

/** The connection stands, so somebody listens there again. */
function isConnected(scout: Exchange | null): boolean {
  return scout !== null && scout.isAttempting && scout.connectedMs > 0;
}
