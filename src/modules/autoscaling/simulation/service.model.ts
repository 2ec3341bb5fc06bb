/** How the service behaves. Times are milliseconds. */
export interface ServiceModel {
  /** From a backend's begin to the end of a response; each request takes as long. */
  readonly serviceMs: number;
  /** From the decision until a new backend takes requests. */
  readonly startMs: number;
  /** Requests that one backend works on at a time; null: any number, and all as fast. */
  readonly maxInFlight: number | null;
  readonly queue: {
    /** Requests that may wait; null: any number. */
    readonly size: number | null;
    /** The longest wait; null: any. */
    readonly timeoutMs: number | null;
    /** The longest wait while there is no backend; 0: such requests are refused; null: any. */
    readonly holdMs: number | null;
  };
}

interface Arrived {
  readonly tick: number;
  count: number;
}

/** Counts below are no request: what is left of fractions. */
const DUST = 1e-9;

/**
 * Requests of one service as a flow: they come, wait in the order in which they came, are worked on for the service time,
 * and are gone. Fractions of requests are possible; the same input gives the same output.
 */
export class ServiceFlow {
  /** Work that ends in the tick with this number, by its remainder. */
  private readonly ends: number[];
  private readonly line: Arrived[] = [];
  private first = 0;
  private tick = -1;
  /** Of what begins in a tick, the share that still runs at its end. */
  private readonly lasting: number;
  private readonly wholeTicks: number;
  private readonly partOfTick: number;
  running = 0;
  waiting = 0;
  refused = 0;
  arrived = 0;
  /** Those that began to be worked on, by how many ticks they had waited. */
  readonly began = new Map<number, number>();

  constructor(
    private readonly model: ServiceModel,
    private readonly tickMs: number,
  ) {
    const ticks = model.serviceMs / tickMs;
    this.wholeTicks = Math.floor(ticks + DUST);
    this.partOfTick = Math.max(0, ticks - this.wholeTicks);
    this.lasting = this.wholeTicks > 0 ? 1 : this.partOfTick;
    this.ends = Array.from({ length: this.wholeTicks + 2 }, () => 0);
  }

  /** A tick passes, in which so many backends take requests. */
  pass(load: FlowLoad, ready: number): void {
    this.tick++;
    this.finish();
    const capacity = ready === 0 ? 0 : (this.model.maxInFlight ?? Infinity) * ready;
    const room = Math.max(0, capacity - this.running) / this.lasting;
    const came = 'come' in load ? load.come : this.asking(load.clients, room);
    this.arrived += came;
    this.queue(came);
    this.begin(Math.min(room, this.waiting));
    this.giveUp(ready);
  }

  /** So many clients shall have a request under way when the tick ends: what answers are there already, they send anew. */
  private asking(clients: number, room: number): number {
    const all = (clients - this.running) / this.lasting - this.waiting;
    const isRoomForAll = room === Infinity || all + this.waiting <= room;
    const came = isRoomForAll ? all : clients - this.running - room * this.lasting + room - this.waiting;
    return came > DUST ? came : 0;
  }

  private finish(): void {
    const slot = this.tick % this.ends.length;
    const ended = this.ends[slot]!;
    this.ends[slot] = 0;
    this.running = Math.max(0, this.running - ended);
    if (this.running < DUST) this.running = 0;
  }

  private queue(count: number): void {
    if (count <= 0) return;
    this.line.push({ tick: this.tick, count });
    this.waiting += count;
  }

  private begin(count: number): void {
    for (let left = count; left > DUST && this.first < this.line.length;) {
      const arrived = this.line[this.first]!;
      const taken = Math.min(left, arrived.count);
      const waited = this.tick - arrived.tick;
      this.began.set(waited, (this.began.get(waited) ?? 0) + taken);
      left -= taken;
      this.take(arrived, taken);
    }
    const lasts = count * this.lasting;
    if (lasts <= 0) return;
    this.running += lasts;
    // Spread over a tick as their begin was: part of them ends in the tick after.
    this.endLater(this.wholeTicks, this.wholeTicks > 0 ? count * (1 - this.partOfTick) : 0);
    this.endLater(this.wholeTicks + 1, count * this.partOfTick);
  }

  private endLater(ticks: number, count: number): void {
    const slot = (this.tick + ticks) % this.ends.length;
    this.ends[slot] = this.ends[slot]! + count;
  }

  /** Who came last finds the queue full; who waits the longest is told so first. */
  private giveUp(ready: number): void {
    const { timeoutMs, holdMs } = this.model.queue;
    const longestMs = (ready === 0 ? holdMs : timeoutMs) ?? Infinity;
    const size = this.model.queue.size ?? Infinity;
    while (this.first < this.line.length) {
      const oldest = this.line[this.first]!;
      if ((this.tick - oldest.tick + 1) * this.tickMs <= longestMs) break;
      this.refuse(oldest, oldest.count);
    }
    while (this.waiting - size > DUST && this.first < this.line.length) {
      const newest = this.line.at(-1)!;
      this.refuse(newest, Math.min(newest.count, this.waiting - size));
      // When it was the oldest, too, it is taken already.
      if (newest.count <= DUST && this.first < this.line.length) this.line.pop();
    }
  }

  private refuse(arrived: Arrived, count: number): void {
    this.refused += count;
    this.take(arrived, count);
  }

  private take(arrived: Arrived, count: number): void {
    arrived.count -= count;
    this.waiting = Math.max(0, this.waiting - count);
    if (arrived.count > DUST || arrived !== this.line[this.first]) return;
    this.first++;
    if (this.first === this.line.length) this.waiting = 0;
    if (this.first < 1_024) return;
    this.line.splice(0, this.first);
    this.first = 0;
  }
}

/** `come`: so many in this tick. `clients`: so many that each ask again when they are answered. */
export type FlowLoad = { readonly come: number } | { readonly clients: number };
