import type { Budget } from './budget.js';
import { RandomSource } from './random.source.js';

const PROGRESS_MS = 5_000;
/** More of one kind tell nothing new. */
const MAX_FINDINGS = 5;
const MAX_SHRINKS = 250;
/** What goes wrong by waiting in vain takes its time at each try. */
const SHRINKING_MS = 10_000;

/** An input as a campaign tries it. */
export interface FuzzInput {
  readonly text: string;
  /** Cut into writes, of the input's own choice. Deterministic: shrinking cuts anew. */
  readonly cut: (text: string) => Buffer[];
}

/** What a campaign tries, and on what. */
export interface FuzzTarget<Input extends FuzzInput> {
  readonly name: string;
  generate(random: RandomSource): Input;
  /** What is wrong with how the input was dealt with; empty: nothing. */
  run(input: Input, text: string): Promise<readonly string[]>;
  /** A finding may have left things in disorder: starts afresh. */
  renew(): Promise<void>;
}

export interface CampaignReport {
  readonly trials: number;
  /** Each with its seed, the smallest input found, and what is wrong. Empty: all is well. */
  readonly findings: readonly string[];
}

/** Tries inputs, each from a seed of its own, until the budget is spent; makes what it finds as small as it can. */
export class Campaign<Input extends FuzzInput> {
  private readonly findings: string[] = [];

  constructor(
    private readonly target: FuzzTarget<Input>,
    private readonly budget: Budget,
  ) {}

  async run(): Promise<CampaignReport> {
    const { target, budget } = this;
    const started = performance.now();
    let shown = started;
    let trials = 0;
    while (trials < budget.trials && performance.now() - started < budget.milliseconds) {
      await this.try(budget.seed + trials++);
      if (this.findings.length >= MAX_FINDINGS) break;
      if (!budget.isLong || performance.now() - shown < PROGRESS_MS) continue;
      shown = performance.now();
      const seconds = Math.round((shown - started) / 1000);
      console.log(`${target.name}: ${trials} trials in ${seconds} s, ${this.findings.length} findings`);
    }
    if (budget.isLong)
      console.log(`${target.name}: ended after ${trials} trials, ${this.findings.length} findings`);
    return { trials, findings: this.findings };
  }

  private async try(seed: number): Promise<void> {
    const { target } = this;
    const input = target.generate(new RandomSource(seed));
    const wrong = await target.run(input, input.text);
    if (wrong.length === 0) return;
    const smallest = await this.shrink(input);
    const finding = [
      `${target.name}, seed ${seed}:`,
      ...wrong.slice(0, 6),
      `input: ${JSON.stringify(input.text)}`,
      smallest === null
        ? 'not seen again with a lane of its own'
        : `smallest: ${JSON.stringify(smallest.text)} in ${input.cut(smallest.text).length} writes\n  ${smallest.wrong.join('\n  ')}`,
    ].join('\n  ');
    if (this.budget.isLong) console.log(finding);
    this.findings.push(finding);
  }

  /** Takes out runs, large ones first, as long as something stays wrong. null: it was not wrong a second time. */
  private async shrink(input: Input): Promise<{ text: string; wrong: readonly string[] } | null> {
    await this.target.renew();
    let text = input.text;
    let wrong = await this.target.run(input, text);
    if (wrong.length === 0) return null;
    const kind = kindOf(wrong);
    let left = MAX_SHRINKS;
    const deadline = performance.now() + SHRINKING_MS;
    for (let size = Math.ceil(text.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < text.length && left > 0 && performance.now() < deadline; left--) {
        const shorter = text.slice(0, at) + text.slice(at + size);
        await this.target.renew();
        const found = shorter === '' ? [] : await this.target.run(input, shorter);
        if (kindOf(found) === kind) [text, wrong] = [shorter, found];
        else at += size;
      }
    }
    await this.target.renew();
    return { text, wrong };
  }
}

/** What stays the same when an input gets smaller: otherwise one fault would shrink into another. */
function kindOf(wrong: readonly string[]): string {
  return (wrong[0] ?? '').split(':', 1)[0]!;
}
