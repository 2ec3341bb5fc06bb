import { type LaneFixture, type LaneKind, startLane } from '../support/lane.fixture.js';
import type { FuzzInput, FuzzTarget } from './campaign.js';
import { CapturingOrigin } from './capturing.origin.js';
import { SMUGGLED, SOUND_REQUESTS, UNSOUND_REQUESTS } from './corpus/requests.table.js';
import { cutterOf } from './delivery.js';
import { KNOWN_DIFFERENCES, linesOf, readsWithLlhttp } from './known-differences.js';
import { mutate } from './mutator.js';
import type { RandomSource } from './random.source.js';
import { RequestTrial } from './request.trial.js';

const SOUND = Object.values(SOUND_REQUESTS);
const UNSOUND = Object.values(UNSOUND_REQUESTS);

/** Requests, mutated, pipelined and split, sent through one lane. */
export class RequestTarget implements FuzzTarget<FuzzInput> {
  readonly name: string;

  private constructor(
    private readonly kind: LaneKind,
    private origin: CapturingOrigin,
    private lane: LaneFixture,
  ) {
    this.name = `requests on the ${kind} lane`;
  }

  static async start(kind: LaneKind): Promise<RequestTarget> {
    const origin = await CapturingOrigin.start();
    return new RequestTarget(kind, origin, await startLane(kind, [origin.origin]));
  }

  async renew(): Promise<void> {
    const { kind } = this;
    this.origin = await CapturingOrigin.start();
    // A finding has been reported already; what it does to the books of its lane is no second one.
    this.lane = await startLane(kind, [this.origin.origin], { expectsErrors: true });
  }

  generate(random: RandomSource): FuzzInput {
    let text = '';
    for (let count = 1 + random.below(4); count > 0; count--) {
      text += random.pick(random.chance(0.75) ? SOUND : UNSOUND);
    }
    if (random.chance(0.9)) text = mutate(text, random, 4);
    if (random.chance(0.4)) text += SMUGGLED;
    return { text, cut: cutterOf(random, ['whole', 'whole', 'random', 'random', 'random', 'each']) };
  }

  async run(input: FuzzInput, text: string): Promise<readonly string[]> {
    if (readsWithLlhttp(this.kind) && hasPipelined(text)) return [];
    const trial = new RequestTrial(this.lane, this.origin, text, linesOf(this.kind));
    return (await trial.run(input.cut(text))).findings;
  }
}

function hasPipelined(text: string): boolean {
  return Object.keys(KNOWN_DIFFERENCES.notPipelined).some((method) => text.lastIndexOf(`${method} `) > 0);
}
