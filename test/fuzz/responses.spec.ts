import { describe, expect, it } from 'vitest';
import { LANES, type LaneKind, startLane } from '../support/lane.fixture.js';
import { budgetOf } from './budget.js';
import { Campaign } from './campaign.js';
import { POISON, type ResponseCase, SOUND_RESPONSES, UNSOUND_RESPONSES } from './corpus/responses.table.js';
import { type Cut, piecesOf } from './delivery.js';
import { KNOWN_DIFFERENCES, linesOf, readsWithLlhttp } from './known-differences.js';
import { RandomSource } from './random.source.js';
import { RespondingOrigin } from './responding.origin.js';
import { ResponseTarget } from './response.target.js';
import { ResponseTrial } from './response.trial.js';
import { readResponses } from './second-reading.js';

/** Compositions that share a parser with another lane need not be cut in every way. */
function cutsFor(kind: LaneKind): readonly Cut[] {
  return kind === 'http' || kind === 'wire' ? ['whole', 'random', 'each'] : ['random'];
}

describe('the second reading', () => {
  it.each(Object.entries(SOUND_RESPONSES))('understands %s', (_name, { text, method }) => {
    const { messages, ending } = readResponses(text, [method ?? 'GET'], true);
    expect([messages.length, ending]).toEqual([1, 'complete']);
  });

  it.each(Object.entries(UNSOUND_RESPONSES))('refuses %s', (_name, { text, method }) => {
    const { messages } = readResponses(text + POISON, [method ?? 'GET'], true);
    expect(messages.length).toBe(0);
  });
});

describe.each(LANES)('%s lane', (kind) => {
  const known = readsWithLlhttp(kind) ? KNOWN_DIFFERENCES : { responsesPassedOn: {}, responsesRefused: {} };

  it('passes on all that is sound', async () => {
    const wrong = await tryAll(kind, SOUND_RESPONSES, '', (name) => !(name in known.responsesRefused));
    expect(wrong.join('\n')).toBe('');
  });

  it('passes on nothing that is unsound', async () => {
    const wrong = await tryAll(kind, UNSOUND_RESPONSES, POISON, (name) => name in known.responsesPassedOn);
    expect(wrong.join('\n')).toBe('');
  });

  it('takes nothing for an answer that came behind one', async () => {
    const framed = Object.entries(SOUND_RESPONSES).filter(
      ([, { text, method }]) => readResponses(text, [method ?? 'GET'], false).messages.length === 1,
    );
    const wrong = await tryAll(kind, Object.fromEntries(framed), POISON, () => null);
    expect(wrong.join('\n')).toBe('');
  });
});

const budget = budgetOf(250);

describe.each(budget.lanes)('%s lane, mutated responses', (kind) => {
  it(
    'keeps everybody of one mind',
    { timeout: Math.min(budget.milliseconds, 2 ** 30) + 60_000 },
    async () => {
      const { findings } = await new Campaign(await ResponseTarget.start(kind), budget).run();
      expect(findings.join('\n')).toBe('');
    },
  );
});

/** Cases of a corpus in every cut, with something behind; those that went wrong. `isPassedOn`: what is right; null: either. */
async function tryAll(
  kind: LaneKind,
  cases: Readonly<Record<string, ResponseCase>>,
  behind: string,
  isPassedOn: (name: string) => boolean | null,
): Promise<string[]> {
  const origin = await RespondingOrigin.start();
  const lane = await startLane(kind, [origin.origin], { retries: 0 });
  const random = new RandomSource(1);
  const wrong: string[] = [];
  for (const cut of cutsFor(kind))
    for (const [name, { text, method }] of Object.entries(cases)) {
      const pieces = piecesOf(Buffer.from(text + behind, 'latin1'), cut, random);
      const trial = new ResponseTrial(lane, origin, text + behind, method ?? 'GET', linesOf(kind));
      const result = await trial.run(pieces, false);
      const wanted = isPassedOn(name) ?? result.isPassedOn;
      if (result.findings.length > 0 || result.isPassedOn !== wanted) {
        wrong.push(`${name} [${cut}]: ${JSON.stringify(result)}`);
      }
    }
  return wrong;
}
