import { type LaneFixture, type LaneKind, startLane } from '../support/lane.fixture.js';
import type { FuzzInput, FuzzTarget } from './campaign.js';
import { POISON, SOUND_RESPONSES, UNSOUND_RESPONSES } from './corpus/responses.table.js';
import { cutterOf } from './delivery.js';
import { linesOf } from './known-differences.js';
import { mutate } from './mutator.js';
import type { RandomSource } from './random.source.js';
import { RespondingOrigin } from './responding.origin.js';
import { ResponseTrial } from './response.trial.js';

const SOUND = Object.values(SOUND_RESPONSES);
const UNSOUND = Object.values(UNSOUND_RESPONSES);

export interface ResponseInput extends FuzzInput {
  readonly method: string;
  readonly ends: boolean;
}

/** Responses, mutated and split, received through one lane. */
export class ResponseTarget implements FuzzTarget<ResponseInput> {
  readonly name: string;

  private constructor(
    private readonly kind: LaneKind,
    private origin: RespondingOrigin,
    private lane: LaneFixture,
  ) {
    this.name = `responses on the ${kind} lane`;
  }

  static async start(kind: LaneKind): Promise<ResponseTarget> {
    const origin = await RespondingOrigin.start();
    return new ResponseTarget(kind, origin, await startLane(kind, [origin.origin], { retries: 0 }));
  }

  async renew(): Promise<void> {
    const { kind } = this;
    this.origin = await RespondingOrigin.start();
    this.lane = await startLane(kind, [this.origin.origin], { retries: 0, expectsErrors: true });
  }

  generate(random: RandomSource): ResponseInput {
    const chosen = random.pick(random.chance(0.75) ? SOUND : UNSOUND);
    let { text } = chosen;
    if (random.chance(0.9)) text = mutate(text, random, 4);
    if (random.chance(0.3)) text += random.pick([POISON, '\r\n', 'x', '0\r\n\r\n', 'HTTP/1.1 ']);
    const cut = cutterOf(random, ['whole', 'whole', 'random', 'random', 'each']);
    return {
      text,
      method: random.chance(0.1) ? 'HEAD' : (chosen.method ?? 'GET'),
      ends: random.chance(0.4),
      cut,
    };
  }

  async run({ method, ends, cut }: ResponseInput, text: string): Promise<readonly string[]> {
    const trial = new ResponseTrial(this.lane, this.origin, text, method, linesOf(this.kind));
    return (await trial.run(cut(text), ends)).findings;
  }
}
