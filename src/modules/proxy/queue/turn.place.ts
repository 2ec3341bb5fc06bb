import {
  type DropReason,
  monotonicMs,
  type QueueCell,
  type QueuePlace,
  type SharedMemory,
} from '../../../common/contract/index.js';
import type { QueuePolicy } from '../../../common/contract/policies/index.js';
import { AddressKey } from '../connections/address.key.js';
import type { DeadlineTicker, Timed } from '../deadline.ticker.js';
import type { Exchange, WaitingPlace } from '../exchange.js';
import { type GateFlow, WAITS } from '../policies/gate.js';
import { Bell } from './bell.js';
import { ControlledDelay } from './controlled-delay.js';
import { PriorityClasses } from './priority.classes.js';
import { NO_WORKER, TurnOrder } from './turn.order.js';
import { Ticket, WaitingLine } from './waiting.line.js';
import type { WaitingPlaces } from './waiting.places.js';

/** What places of waiting work with, the same for all of a thread. */
export interface QueueParts {
  readonly memory: SharedMemory;
  /** Index of this thread's own cells. */
  readonly worker: number;
  readonly places: WaitingPlaces;
  /** Ticks only while somebody waits. */
  readonly ticker: DeadlineTicker;
}

/** Who waits for one service in this thread. */
export class ServiceLine {
  readonly waiting = new WaitingLine();
  readonly delay = new ControlledDelay();
  /** What it waits for was free at the last tick, and left to the head of another worker. */
  isDeferred = false;

  constructor(
    readonly slot: number,
    public policy: QueuePolicy,
  ) {}
}

/**
 * Where exchanges wait until something of their service is free, in the order of {@link WaitingLine} in this thread and
 * of {@link TurnOrder} over all. Whoever frees something tells the worker with the first head, its own by `setImmediate`
 * (never within the call that freed it, which is still about another exchange), another one by its bell. A tick makes good
 * for what is lost that way: a worker that ends, or hangs.
 */
export abstract class TurnPlace implements WaitingPlace, Timed {
  /** At every tick. */
  readonly deadlineMs = 0;
  readonly queuePlace: QueuePlace;
  private readonly lines = new Map<number, ServiceLine>();
  private readonly tickets = new Map<Exchange, Ticket>();
  private readonly order: TurnOrder;
  private readonly bell: Bell;
  private readonly classes = new PriorityClasses();
  private readonly address = new AddressKey();
  private readonly due = new Set<ServiceLine>();
  private readonly serveDue = () => this.serveAll();
  private flow: GateFlow | null = null;

  constructor(
    protected readonly parts: QueueParts,
    head: (typeof QueueCell)['permitHead' | 'backendHead'],
    private readonly forPermit: boolean,
  ) {
    this.queuePlace = forPermit ? 'permit' : 'backend';
    this.order = new TurnOrder(parts.memory, parts.worker, head);
    this.bell = new Bell(parts.memory.workers[parts.worker]!.bell, () => this.rung());
  }

  /** Whether what the exchange waits for is there now. */
  protected abstract isFree(line: ServiceLine, exchange: Exchange): boolean;
  /** Takes it for the exchange, which goes on if this gives true. */
  protected abstract take(line: ServiceLine, exchange: Exchange): boolean;

  /** It leaves while it waits. */
  abandon(exchange: Exchange): void {
    const ticket = this.tickets.get(exchange);
    if (ticket === undefined) return;
    const line = this.lineOf(exchange);
    line.waiting.remove(ticket);
    this.forget(line, ticket);
  }

  onDeadline(nowMs: number): void {
    for (const line of Array.from(this.lines.values())) {
      for (const { exchange, deadlineMs } of line.waiting) {
        if (deadlineMs <= nowMs) this.flow!.drop(exchange, 'queue_timeout');
      }
      this.shedStale(line, nowMs);
      const { isDeferred } = line;
      line.isDeferred = false;
      this.serve(line, isDeferred);
    }
  }

  /** Whether anybody waits for the service here. */
  protected hasLine(slot: number): boolean {
    return this.lines.has(slot);
  }

  /** Keeps the exchange until it is its turn, unless all places are taken. */
  protected queue(exchange: Exchange, flow: GateFlow): DropReason | typeof WAITS {
    const { slot, policies } = exchange.settings;
    const { places, ticker } = this.parts;
    if (!places.take(slot, policies.queue.size, this.forPermit)) return 'queue_full';
    this.flow = flow;
    const line = this.lineFor(slot, policies.queue);
    const ticket = this.ticketOf(exchange, policies.queue);
    line.waiting.add(ticket);
    this.tickets.set(exchange, ticket);
    this.order.show(slot, line.waiting.first);
    ticker.add(this);
    // What was freed before others could see that somebody waits here is found by the look that follows.
    this.bell.listen();
    this.schedule(line);
    return WAITS;
  }

  /** Something of the service is free. */
  protected freed(slot: number): void {
    const worker = this.order.first(slot);
    if (worker === NO_WORKER) return;
    if (worker !== this.parts.worker) return this.order.ring(worker);
    const line = this.lines.get(slot);
    if (line !== undefined) this.schedule(line);
  }

  /** Other settings hold from now on. */
  protected renew(policyOf: (slot: number) => QueuePolicy): void {
    for (const line of this.lines.values()) {
      line.policy = policyOf(line.slot);
      this.schedule(line);
    }
  }

  private rung(): void {
    for (const line of Array.from(this.lines.values())) this.serve(line, false);
    if (this.lines.size > 0) this.bell.listen();
  }

  private schedule(line: ServiceLine): void {
    if (this.due.size === 0) setImmediate(this.serveDue);
    this.due.add(line);
  }

  private serveAll(): void {
    const lines = [...this.due];
    this.due.clear();
    for (const line of lines) this.serve(line, false);
  }

  /** Gives turns while there is something to take. `regardless`: also before the heads of other workers. */
  private serve(line: ServiceLine, regardless: boolean): void {
    let mayOvertake = regardless;
    for (let turns = line.waiting.size; turns > 0; turns--) {
      const { first } = line.waiting;
      if (first === null || !this.isFree(line, first.exchange)) return;
      if (!mayOvertake && this.leavesToOther(line)) return;
      mayOvertake = false;
      const nowMs = monotonicMs();
      this.shedStale(line, nowMs);
      const next = line.waiting.first;
      if (next === null || !this.take(line, next.exchange)) return;
      line.delay.observe(nowMs - next.sinceMs, nowMs, line.policy);
      line.waiting.take(next);
      this.forget(line, next);
      this.flow!.resume(next.exchange);
    }
  }

  private leavesToOther(line: ServiceLine): boolean {
    const worker = this.order.first(line.slot);
    if (worker === this.parts.worker || worker === NO_WORKER) return false;
    line.isDeferred = true;
    this.order.ring(worker);
    return true;
  }

  /** The last one is served, however long it has waited: nothing stays free while somebody waits. */
  private shedStale({ waiting, delay, policy }: ServiceLine, nowMs: number): void {
    const { first } = waiting;
    if (first !== null) delay.look(nowMs - first.sinceMs, nowMs, policy);
    for (let next = first; next !== null && waiting.size > 1; next = waiting.first) {
      if (!delay.sheds(nowMs - next.sinceMs, policy)) return;
      this.flow!.drop(next.exchange, 'queue_shed');
    }
  }

  private lineFor(slot: number, policy: QueuePolicy): ServiceLine {
    let line = this.lines.get(slot);
    if (line === undefined) {
      line = new ServiceLine(slot, policy);
      line.delay.begin(monotonicMs(), policy.shedIntervalMs);
      this.lines.set(slot, line);
    }
    return line;
  }

  private lineOf(exchange: Exchange): ServiceLine {
    return this.lines.get(exchange.settings.slot)!;
  }

  private ticketOf(exchange: Exchange, policy: QueuePolicy): Ticket {
    const sinceMs = monotonicMs() - (exchange.queuedMs - exchange.heldMs);
    const client = policy.fair ? this.clientOf(exchange.client) : '';
    const rank = this.classes.rankOf(exchange, policy);
    return new Ticket(exchange, { rank, client, sinceMs, deadlineMs: sinceMs + policy.timeoutMs });
  }

  /** As rate limits count it: an IPv6 client is its /64, where it has as many addresses as it likes. */
  private clientOf(text: string): string {
    return this.address.read(text) ? this.address.client() : text;
  }

  private forget(line: ServiceLine, { exchange }: Ticket): void {
    const { places, ticker } = this.parts;
    this.tickets.delete(exchange);
    this.order.show(line.slot, line.waiting.first);
    places.giveBack(line.slot, this.forPermit);
    if (line.waiting.size > 0) return;
    this.lines.delete(line.slot);
    if (this.lines.size === 0) ticker.remove(this);
  }
}
