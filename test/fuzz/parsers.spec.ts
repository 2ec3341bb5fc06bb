import { describe, expect, it } from 'vitest';
import { budgetOf } from './budget.js';
import { Campaign, type FuzzInput, type FuzzTarget } from './campaign.js';
import { SMUGGLED, SOUND_REQUESTS, UNSOUND_REQUESTS } from './corpus/requests.table.js';
import { SOUND_RESPONSES, UNSOUND_RESPONSES } from './corpus/responses.table.js';
import { RequestParserTarget, ResponseParserTarget } from './parser.target.js';
import { WireRequestReader, WireResponseReader } from './wire.reading.js';

const requests = new RequestParserTarget();
const responses = new ResponseParserTarget();

function inputOf(text: string): FuzzInput {
  return { text, cut: () => [] };
}

describe('the parsers of the wire lane, on the corpus', () => {
  it('read each request alike however it is split, and as llhttp does', async () => {
    const texts = [...Object.values(SOUND_REQUESTS), ...Object.values(UNSOUND_REQUESTS)];
    const wrong = [];
    for (const text of texts) {
      const found = await requests.run(inputOf(text), text + SMUGGLED);
      wrong.push(...found.map((each) => `${JSON.stringify(text)}: ${each}`));
    }
    expect(wrong.join('\n')).toBe('');
  });

  it('read each response alike however it is split, and as llhttp does', async () => {
    const cases = [...Object.values(SOUND_RESPONSES), ...Object.values(UNSOUND_RESPONSES)];
    const wrong = [];
    for (const { text, method = 'GET' } of cases) {
      wrong.push(...(await responses.run({ ...inputOf(text), method }, text)));
    }
    expect(wrong.join('\n')).toBe('');
  });

  it.each(Object.entries(SOUND_REQUESTS))('understand %s', (_name, text) => {
    expect(new WireRequestReader().read([Buffer.from(text, 'latin1')], true).messages).toHaveLength(1);
  });

  it.each(Object.entries(SOUND_RESPONSES))(
    'understand a response of %s',
    (_name, { text, method = 'GET' }) => {
      const { messages } = new WireResponseReader(method).read([Buffer.from(text, 'latin1')], true);
      expect(messages).toHaveLength(1);
    },
  );

  it.each(Object.entries(UNSOUND_RESPONSES))('refuse a response of %s', (_name, { text, method = 'GET' }) => {
    const { messages } = new WireResponseReader(method).read([Buffer.from(text, 'latin1')], true);
    expect(messages).toHaveLength(0);
  });
});

const budget = budgetOf(700);
const half = { ...budget, milliseconds: budget.milliseconds / 2 };
const timeout = Math.min(budget.milliseconds, 2 ** 30) + 60_000;

describe('the parsers of the wire lane, on mutated bytes', () => {
  it('read requests alike however they are split, and as llhttp does', { timeout }, async () => {
    expect(await findingsOf(requests)).toBe('');
  });

  it('read responses alike however they are split, and as llhttp does', { timeout }, async () => {
    expect(await findingsOf(responses)).toBe('');
  });
});

async function findingsOf<Input extends FuzzInput>(target: FuzzTarget<Input>): Promise<string> {
  const { findings } = await new Campaign(target, half).run();
  return findings.join('\n');
}
