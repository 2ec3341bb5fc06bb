import {
  type DropReason,
  SharedLimitCell,
  type SharedMemory,
  type Snapshot,
} from '../../../../../common/contract/index.js';
import { AddressKey } from '../../../connections/address.key.js';
import type { Exchange } from '../../../exchange.js';
import { type Gate, type GateFlow, WAITS } from '../../gate.js';
import { LimitBook } from '../limit.book.js';
import { LimitCounter } from '../limit.counter.js';
import { AskQueue, type AskedRule, SharedAsk } from './shared-ask.js';
import type { SharedCounts, SharedVerdict } from './shared-counts.js';

export interface SharedLimitGateParts {
  readonly memory: SharedMemory;
  /** Index of this thread's own cells in the memory. */
  readonly worker: number;
  readonly counts: SharedCounts;
  /** How long an exchange waits for the answer at most. */
  readonly timeoutMs: number;
}

/**
 * Rate limits with `shared: true`: what this balancer's own count has admitted is asked of the count over all balancers.
 * The own count can only admit more, so it saves asking for what is refused anyway; and it is all that counts while
 * nobody answers. What others have counted is noted in it.
 */
export class SharedLimitGate implements Gate {
  readonly name = 'shared-limits';
  readonly queuePlace = 'shared-limits';
  private readonly book: LimitBook;
  private readonly counter: LimitCounter;
  private readonly cells: Float64Array;
  private readonly address = new AddressKey();
  private readonly queue: AskQueue;

  private readonly counts: SharedCounts;

  constructor({ memory, worker, counts, timeoutMs }: SharedLimitGateParts) {
    this.counts = counts;
    this.book = new LimitBook(memory.rateLimits.seeds);
    this.counter = new LimitCounter(memory, worker);
    this.cells = memory.workers[worker]!.sharedLimits;
    this.queue = new AskQueue(timeoutMs, (ask) => this.late(ask));
  }

  use(snapshot: Snapshot): void {
    this.book.use(snapshot);
    this.counts.use(this.book.hasShared);
  }

  enter(exchange: Exchange, flow: GateFlow): DropReason | null | typeof WAITS {
    // What was asked for the service that it came to counts once.
    if (!this.book.hasShared || exchange.fallbackFrom !== null) return null;
    const list = this.book.listOf(exchange);
    if (list === null || !list.hasShared) return null;
    const path = list.pathOf(exchange);
    const ask = new SharedAsk(exchange, flow, list, path);
    for (const rule of list.rules) {
      if (!rule.settings.shared || !rule.appliesTo(exchange, path)) continue;
      ask.asked.push({ rule, name: rule.sharedName(exchange, path, this.address), verdict: null });
    }
    if (ask.asked.length === 0) return null;
    if (!this.counts.isReady) {
      this.cells[SharedLimitCell.alone]!++;
      return null;
    }
    this.send(ask);
    return WAITS;
  }

  /** All rules at once: they travel together, so several cost the time of one. */
  private send(ask: SharedAsk): void {
    this.cells[SharedLimitCell.asked]!++;
    ask.open = ask.asked.length;
    this.queue.add(ask);
    for (const entry of ask.asked) {
      this.counts.take(entry.rule, entry.name).then(
        (verdict) => this.answered(ask, entry, verdict),
        () => this.answered(ask, entry, null),
      );
    }
  }

  private answered(ask: SharedAsk, entry: AskedRule, verdict: SharedVerdict | null): void {
    entry.verdict = verdict;
    ask.open--;
    if (ask.isOver) this.note(ask, entry);
    else if (ask.open === 0) this.settle(ask);
  }

  private late(ask: SharedAsk): void {
    this.settle(ask);
    this.counts.wasLate();
  }

  /** Decides by the answers that are there. */
  private settle(ask: SharedAsk): void {
    ask.isOver = true;
    const refused = this.refusedBy(ask);
    if (refused !== null) this.giveBack(ask);
    for (const entry of ask.asked) this.note(ask, entry);
    if (ask.asked.some(({ verdict }) => verdict === null)) this.cells[SharedLimitCell.alone]!++;
    if (refused === null) return ask.flow.resume(ask.exchange);
    this.cells[SharedLimitCell.refused]!++;
    ask.exchange.limit = { settings: refused.rule.settings, waitMs: refused.verdict!.waitMs };
    ask.flow.drop(ask.exchange, 'rate_limited');
  }

  /** The first rule that refuses and is no shadow. */
  private refusedBy({ asked, exchange }: SharedAsk): AskedRule | null {
    for (const entry of asked) {
      if (entry.verdict === null || entry.verdict.waitMs === 0) continue;
      if (!entry.rule.settings.shadow) return entry;
      exchange.shadowReason ??= 'rate_limited';
    }
    return null;
  }

  /** A refusal costs nothing elsewhere. */
  private giveBack({ asked, list, exchange, path }: SharedAsk): void {
    this.counter.giveBack(list, list.rules.length, exchange, path);
    for (const { rule, name, verdict } of asked) {
      if (verdict?.waitMs === 0 && !rule.settings.shadow) this.counts.giveBack(rule, name);
    }
  }

  /** What all balancers have counted is known here from now on. */
  private note({ exchange, path, sentMs }: SharedAsk, { rule, verdict }: AskedRule): void {
    if (verdict !== null) this.counter.raise(rule, exchange, path, sentMs + verdict.aheadMs);
  }
}
