import type { AccessLogPolicy } from '../../../common/contract/policies/access-log.js';
import type { DecisionPolicy } from '../decision/decision.tracer.js';
import type { Exchange } from '../exchange.js';
import { RecordForm } from './record.form.js';

/** 2^32 over the golden ratio: multiples of it, taken modulo 2^32, are spread evenly however few or many there are. */
const STEP = 0x9e37_79b9;
const WHOLE = 0x1_0000_0000;

/** Which exchanges are recorded, and how. Compiled with the snapshot; asked once for each exchange. */
export class RecordPolicy implements DecisionPolicy {
  /** As {@link DecisionPolicy}. */
  readonly slowestUs: number;
  readonly decisionSample: number;
  readonly recorded: RecordForm;
  private readonly counted: RecordForm;
  /** Numbers below it are in the sample. */
  private readonly threshold: number;
  private readonly errors: boolean;
  private readonly drops: boolean;
  private readonly retries: boolean;
  /** From so many microseconds on an exchange is recorded; Infinity: that does not matter. */
  private readonly slowUs: number;
  private turn = 0;

  constructor(settings: AccessLogPolicy) {
    const { sample, always, slowMs } = settings;
    this.slowestUs = slowMs * 1000;
    this.decisionSample = settings.decisionSample;
    this.recorded = new RecordForm(settings, true);
    this.counted = new RecordForm(settings, false);
    this.threshold = sample * WHOLE;
    this.errors = always.includes('errors');
    this.drops = always.includes('drops');
    this.retries = always.includes('retries');
    this.slowUs = always.includes('slow') ? slowMs * 1000 : Infinity;
  }

  /**
   * The form of a finished exchange. The sample is exact: of any number of ordinary exchanges in a row as many are recorded as
   * its share says, give or take a few, and no rhythm of the traffic changes that.
   */
  formOf(exchange: Exchange, totalUs: number): RecordForm {
    if (this.threshold === WHOLE || this.isSpecial(exchange, totalUs)) return this.recorded;
    this.turn = (this.turn + STEP) >>> 0;
    return this.turn < this.threshold ? this.recorded : this.counted;
  }

  private isSpecial(exchange: Exchange, totalUs: number): boolean {
    const { status } = exchange;
    if (exchange.dropReason !== null) {
      if (this.drops) return true;
    } else if (status >= 500 && this.errors) return true;
    if (this.retries && exchange.attempts.length > 1) return true;
    // Upgraded connections last as long as somebody talks.
    return totalUs >= this.slowUs && status !== 101;
  }
}
