import type { AttemptOutcome, Snapshot } from '../../../common/contract/index.js';
import type { Exchange } from '../exchange.js';
import type { OutcomeObserver } from './outcome.observer.js';

type Observing<Event extends keyof OutcomeObserver> = OutcomeObserver &
  Required<Pick<OutcomeObserver, Event>>;

/** All observers as one, of which each is told only what it has asked for: sorted out once, not for every exchange. */
export class ObserverList implements Required<OutcomeObserver> {
  private readonly ofUse: readonly Observing<'use'>[];
  private readonly ofResponses: readonly Observing<'responded'>[];
  private readonly ofAttempts: readonly Observing<'attemptEnded'>[];
  private readonly ofEnds: readonly Observing<'finished'>[];

  constructor(observers: readonly OutcomeObserver[]) {
    this.ofUse = observers.filter(observes('use'));
    this.ofResponses = observers.filter(observes('responded'));
    this.ofAttempts = observers.filter(observes('attemptEnded'));
    this.ofEnds = observers.filter(observes('finished'));
  }

  use(snapshot: Snapshot): void {
    for (const observer of this.ofUse) observer.use(snapshot);
  }

  responded(exchange: Exchange, latencyUs: number): void {
    const { ofResponses } = this;
    for (let index = 0; index < ofResponses.length; index++)
      ofResponses[index]!.responded(exchange, latencyUs);
  }

  attemptEnded(exchange: Exchange, outcome: AttemptOutcome, nowMs: number): void {
    const { ofAttempts } = this;
    for (let index = 0; index < ofAttempts.length; index++) {
      ofAttempts[index]!.attemptEnded(exchange, outcome, nowMs);
    }
  }

  finished(exchange: Exchange, nowMs: number): void {
    const { ofEnds } = this;
    for (let index = 0; index < ofEnds.length; index++) ofEnds[index]!.finished(exchange, nowMs);
  }
}

function observes<Event extends keyof OutcomeObserver>(event: Event) {
  return (observer: OutcomeObserver): observer is Observing<Event> => observer[event] !== undefined;
}
