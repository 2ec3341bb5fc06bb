import { describe, expect, it } from 'vitest';
import { LANES, type LaneKind, startLane } from '../support/lane.fixture.js';
import { budgetOf } from './budget.js';
import { Campaign } from './campaign.js';
import { CapturingOrigin } from './capturing.origin.js';
import { SMUGGLED, SOUND_REQUESTS, UNSOUND_REQUESTS } from './corpus/requests.table.js';
import { type Cut, piecesOf } from './delivery.js';
import { KNOWN_DIFFERENCES, linesOf, readsWithLlhttp } from './known-differences.js';
import { RandomSource } from './random.source.js';
import { RequestTarget } from './request.target.js';
import { RequestTrial, type TrialResult } from './request.trial.js';
import { readRequests } from './second-reading.js';

/** Compositions that share a parser with another lane need not be cut in every way. */
function cutsFor(kind: LaneKind): readonly Cut[] {
  return kind === 'http' || kind === 'wire' ? ['whole', 'random', 'each'] : ['random'];
}

describe('the second reading', () => {
  it.each(Object.entries(SOUND_REQUESTS))('understands %s', (_name, text) => {
    const { messages, ending } = readRequests(text + SMUGGLED);
    expect([messages.length, ending]).toEqual([2, 'complete']);
  });

  it.each(Object.entries(UNSOUND_REQUESTS))('refuses %s', (_name, text) => {
    const { messages, ending } = readRequests(text + SMUGGLED);
    expect([messages.length, ending]).toEqual([0, 'refused']);
  });
});

describe.each(LANES)('%s lane', (kind) => {
  const { passedOn, refused } = readsWithLlhttp(kind) ? KNOWN_DIFFERENCES : { passedOn: {}, refused: {} };

  it('passes on all that is sound', async () => {
    const wrong = await tryAll(kind, SOUND_REQUESTS, (name, result) =>
      name in refused ? result.hasRefused : result.forwarded === 1 && !result.hasRefused,
    );
    expect(wrong.join('\n')).toBe('');
  });

  it('passes on nothing that is unsound', async () => {
    const hidden = Object.entries(UNSOUND_REQUESTS).map(([name, text]) => [name, text + SMUGGLED] as const);
    const wrong = await tryAll(kind, Object.fromEntries(hidden), (name, result) =>
      name in passedOn ? result.forwarded > 0 : result.forwarded === 0 && result.hasRefused,
    );
    expect(wrong.join('\n')).toBe('');
  });
});

const budget = budgetOf(350);

describe.each(budget.lanes)('%s lane, mutated requests', (kind) => {
  it(
    'keeps everybody of one mind',
    { timeout: Math.min(budget.milliseconds, 2 ** 30) + 60_000 },
    async () => {
      const { findings } = await new Campaign(await RequestTarget.start(kind), budget).run();
      expect(findings.join('\n')).toBe('');
    },
  );
});

/** Cases of a corpus in every cut; those that went wrong. `isRight`: whether the outcome is the one of that table. */
async function tryAll(
  kind: LaneKind,
  cases: Readonly<Record<string, string>>,
  isRight: (name: string, result: TrialResult) => boolean,
): Promise<string[]> {
  const origin = await CapturingOrigin.start();
  const lane = await startLane(kind, [origin.origin]);
  const random = new RandomSource(1);
  const wrong: string[] = [];
  for (const cut of cutsFor(kind))
    for (const [name, text] of Object.entries(cases)) {
      const pieces = piecesOf(Buffer.from(text, 'latin1'), cut, random);
      const result = await new RequestTrial(lane, origin, text, linesOf(kind)).run(pieces);
      if (result.findings.length > 0 || !isRight(name, result))
        wrong.push(`${name} [${cut}]: ${JSON.stringify(result)}`);
    }
  return wrong;
}
