import { type AccessLogRecord, DROP_REASONS, TEXT_LIMITS } from '../../../common/contract/index.js';
import { ExchangeGroups } from './exchange.groups.js';
import type {
  DroppedOtherwise,
  MovedExchanges,
  NewlyDropped,
  NoLongerDropped,
  Refusal,
  ReplayReport,
  Undecided,
} from './replay.report.js';
import type { Decision, ReplayStage } from './replay.stage.js';
import { ShareTally } from './share.tally.js';

type What<T> = Omit<T, 'count' | 'examples'>;

/** What keys are made of, and may be longer than a record holds. */
const CUT_TEXTS = ['path', 'query', 'userAgent', 'referer'] as const;
const RATE_LIMITED_STATUS: number = 429;

/** Adds up what becomes of recorded exchanges under the present and the proposed configuration. */
export class ReplayTally {
  private total = 0;
  private unchanged = 0;
  private from = 0;
  private to = 0;
  private readonly moved = new ExchangeGroups<What<MovedExchanges>>();
  private readonly newlyDropped = new ExchangeGroups<What<NewlyDropped>>();
  private readonly noLongerDropped = new ExchangeGroups<What<NoLongerDropped>>();
  private readonly droppedOtherwise = new ExchangeGroups<What<DroppedOtherwise>>();
  private readonly undecided = new ExchangeGroups<What<Undecided>>();
  private readonly shares: ShareTally;

  constructor(
    private readonly present: ReplayStage,
    private readonly proposed: ReplayStage,
    /** The client of a record is the one that the present `trustedProxies` gave. */
    private readonly keepsClients: boolean,
  ) {
    this.shares = new ShareTally(present, proposed);
  }

  add(record: AccessLogRecord): void {
    this.total++;
    this.to = Math.max(this.to, record.time);
    this.from = this.from === 0 ? record.time : Math.min(this.from, record.time);
    if (wasRefusedUnrouted(record)) return this.addUnrouted(record);
    const [before, after] = [this.present.decide(record), this.proposed.decide(record)];
    const needs = before.outcomeNeeds || after.outcomeNeeds;
    if (needs !== '') {
      return this.undecided.add({ what: 'outcome', why: `records do not hold the header ${needs}` }, record);
    }
    this.addDecided(before, after, record);
    this.addBackends(before, after, record);
  }

  report(durationMs: number): ReplayReport {
    const newlyDropped = this.newlyDropped.list();
    const limited = newlyDropped.filter(({ reason }) => DROP_REASONS[reason].status === RATE_LIMITED_STATUS);
    return {
      total: this.total,
      from: this.from,
      to: this.to,
      unchanged: this.unchanged,
      moved: this.moved.list(),
      newlyDropped,
      noLongerDropped: this.noLongerDropped.list(),
      droppedOtherwise: this.droppedOtherwise.list(),
      limited: limited.reduce((sum, { count }) => sum + count, 0),
      undecided: this.undecided.list().map(({ what, count, why }) => ({ what, count, why })),
      shares: this.shares.list(),
      assumedHealthy: this.proposed.assumedHealthy,
      durationMs,
    };
  }

  /** What was refused before services came into it is refused the same way under any of them. */
  private addUnrouted(record: AccessLogRecord): void {
    if (record.dropReason !== 'internal_error') this.unchanged++;
    else {
      this.undecided.add(
        { what: 'outcome', why: 'the balancer itself failed before it found a route' },
        record,
      );
    }
  }

  private addDecided(before: Decision, after: Decision, record: AccessLogRecord): void {
    if (before.service === after.service && before.reason === after.reason) {
      this.unchanged++;
    } else if (before.reason === null && after.reason === null) {
      this.moved.add({ from: before.service!, to: after.service! }, record);
    } else if (before.reason === null) {
      this.newlyDropped.add({ reason: after.reason!, from: before.service!, to: after.service }, record);
    } else if (after.reason === null) {
      this.noLongerDropped.add({ reason: before.reason, from: before.service, to: after.service! }, record);
    } else {
      this.droppedOtherwise.add({ from: refusalOf(before), to: refusalOf(after) }, record);
    }
  }

  private addBackends(before: Decision, after: Decision, record: AccessLogRecord): void {
    const why = this.whyBackendUnknown(before, after, record);
    if (why === '') this.shares.add(before, after);
    else this.undecided.add({ what: 'backend', why }, record);
  }

  /** Empty: it is known, or no key decides about it. */
  private whyBackendUnknown(before: Decision, after: Decision, record: AccessLogRecord): string {
    const needs = after.backendNeeds || before.backendNeeds;
    if (needs !== '') return `${after.service ?? before.service}: records do not hold the header ${needs}`;
    if (before.backend === null && after.backend === null) return '';
    if (!this.keepsClients && this.goesByClient(after)) {
      return 'trustedProxies changes, and with it who counts as the client';
    }
    return isCut(record) ? 'its path, query or headers are longer than records hold' : '';
  }

  private goesByClient({ service, backend }: Decision): boolean {
    if (service === null || backend === null) return false;
    return this.proposed.services.get(service)!.snapshot.algorithm.name !== 'url-hash';
  }
}

/** The head was not complete, not HTTP, or too large: no service was looked for. */
function wasRefusedUnrouted({ service, dropReason }: AccessLogRecord): boolean {
  return service === null && dropReason !== null && dropReason !== 'no_route';
}

function refusalOf({ reason, service }: Decision): Refusal {
  return { reason: reason!, service };
}

function isCut(record: AccessLogRecord): boolean {
  return CUT_TEXTS.some((name) => record[name].length >= TEXT_LIMITS[name]);
}
