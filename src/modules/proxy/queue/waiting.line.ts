import { PRIORITY_CLASSES } from '../../../common/contract/policies/index.js';
import type { Exchange } from '../exchange.js';

/** Where a ticket stands in its line. Times are monotonic milliseconds. */
export interface TicketPlace {
  /** Index in {@link PRIORITY_CLASSES}. */
  readonly rank: number;
  /** Whose turn it takes. */
  readonly client: string;
  /** Since when it waits; what it waited elsewhere is counted in. */
  readonly sinceMs: number;
  readonly deadlineMs: number;
}

/** An exchange that waits in a line. */
export class Ticket implements TicketPlace {
  readonly rank: number;
  readonly client: string;
  readonly sinceMs: number;
  readonly deadlineMs: number;
  before: Ticket | null = null;
  behind: Ticket | null = null;

  constructor(
    readonly exchange: Exchange,
    { rank, client, sinceMs, deadlineMs }: TicketPlace,
  ) {
    this.rank = rank;
    this.client = client;
    this.sinceMs = sinceMs;
    this.deadlineMs = deadlineMs;
  }
}

/** The tickets of one client in one class, oldest first, and its place in the round of clients. */
class ClientTickets {
  first: Ticket | null = null;
  last: Ticket | null = null;
  next: ClientTickets = this;
  previous: ClientTickets = this;

  constructor(readonly client: string) {}

  /** Nearly always at the end: only who waited elsewhere before is older than the last one. */
  add(ticket: Ticket): void {
    let before = this.last;
    while (before !== null && before.sinceMs > ticket.sinceMs) before = before.before;
    const behind = before === null ? this.first : before.behind;
    ticket.before = before;
    ticket.behind = behind;
    if (before === null) this.first = ticket;
    else before.behind = ticket;
    if (behind === null) this.last = ticket;
    else behind.before = ticket;
  }

  remove({ before, behind }: Ticket): void {
    if (before === null) this.first = behind;
    else before.behind = behind;
    if (behind === null) this.last = before;
    else behind.before = before;
  }
}

/** One class: clients take turns, each by its oldest ticket. */
class ClassLine {
  private readonly clients = new Map<string, ClientTickets>();
  private turn: ClientTickets | null = null;

  get first(): Ticket | null {
    return this.turn === null ? null : this.turn.first;
  }

  add(ticket: Ticket): void {
    let tickets = this.clients.get(ticket.client);
    if (tickets === undefined) {
      tickets = new ClientTickets(ticket.client);
      this.clients.set(ticket.client, tickets);
      this.join(tickets);
    }
    tickets.add(ticket);
  }

  remove(ticket: Ticket): void {
    const tickets = this.clients.get(ticket.client)!;
    tickets.remove(ticket);
    if (tickets.first === null) this.part(tickets);
  }

  /** The client whose turn it was has had it. */
  pass(): void {
    if (this.turn !== null) this.turn = this.turn.next;
  }

  *[Symbol.iterator](): Generator<Ticket> {
    for (const { first } of this.clients.values()) {
      for (let ticket = first; ticket !== null; ticket = ticket.behind) yield ticket;
    }
  }

  /** A new client comes last in the present round. */
  private join(tickets: ClientTickets): void {
    const { turn } = this;
    if (turn === null) {
      this.turn = tickets;
      return;
    }
    tickets.next = turn;
    tickets.previous = turn.previous;
    turn.previous.next = tickets;
    turn.previous = tickets;
  }

  private part(tickets: ClientTickets): void {
    this.clients.delete(tickets.client);
    if (this.turn === tickets) this.turn = tickets.next === tickets ? null : tickets.next;
    tickets.previous.next = tickets.next;
    tickets.next.previous = tickets.previous;
  }
}

/**
 * Who waits in this thread for the same thing. A higher class goes before a lower one; within a class clients take turns
 * (round robin, so that one that sends much waits for itself), and within a client the oldest goes first. Adding, taking
 * and leaving cost the same however many wait.
 */
export class WaitingLine {
  private readonly classes = PRIORITY_CLASSES.map(() => new ClassLine());
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Whoever goes next; null: nobody waits. */
  get first(): Ticket | null {
    const { classes } = this;
    for (let rank = 0; rank < classes.length; rank++) {
      const { first } = classes[rank]!;
      if (first !== null) return first;
    }
    return null;
  }

  add(ticket: Ticket): void {
    this.classes[ticket.rank]!.add(ticket);
    this.count++;
  }

  /** It leaves without a turn. */
  remove(ticket: Ticket): void {
    this.classes[ticket.rank]!.remove(ticket);
    this.count--;
  }

  /** Takes the one that is {@link first}: its client's next turn comes after those of all others. */
  take(ticket: Ticket): void {
    const line = this.classes[ticket.rank]!;
    const isLast = ticket.behind === null && ticket.before === null;
    this.remove(ticket);
    // A client without further tickets has left the round, and its turn with it.
    if (!isLast) line.pass();
  }

  /** All of them, in no order. Tickets may leave meanwhile. */
  *[Symbol.iterator](): Generator<Ticket> {
    for (const line of this.classes) yield* line;
  }
}
