import { describe, expect, it } from 'vitest';
import type { DesiredState } from '../desired-state.js';
import type { RevisionContent } from '../registry-store.js';
import { readContent } from './content.reader.js';
import { PART_BYTES, writeContent, type ContentBase } from './content.writer.js';
import { stateAfter, stateDifference } from './state-difference.js';

const service = (name: string, ...ports: number[]) => ({
  name,
  hosts: [`${name}.test`],
  backends: ports.map((port) => ({ url: `http://10.0.0.1:${port}` })),
});
const state = (...services: ReturnType<typeof service>[]): DesiredState => ({
  trustedProxies: [],
  defaults: {},
  services,
});
const many = Array.from({ length: 50 }, (_, index) => service(`s${index}`, 1, 2, 3));

/** The contents of revisions that hold these states, one after the other. */
function written(states: readonly DesiredState[]): readonly RevisionContent[] {
  let base: ContentBase | null = null;
  return states.map((next, index) => {
    const { content, chain } = writeContent(base, next, index + 1);
    base = { state: next, chain };
    return content;
  });
}

describe('a difference', () => {
  it.each([
    ['nothing', state(...many), state(...many)],
    ['a moved service', state(...many), state(...many.slice(1), ...many.slice(0, 1))],
    ['a removed one in the middle', state(...many), state(...many.toSpliced(20, 3))],
    ['a changed backend', state(...many), state(...many.with(7, service('s7', 1, 9, 3)))],
    [
      'other settings',
      state(...many),
      state(...many.with(7, { ...service('s7', 1, 2, 3), hosts: ['x.test'] })),
    ],
    ['everything gone', state(...many), state()],
    ['everything new', state(), state(...many)],
    [
      'top-level settings',
      state(),
      { ...state(), trustedProxies: ['10.0.0.0/8'], defaults: { slowStart: '5s' } },
    ],
    [
      'an access-log policy',
      state(),
      {
        trustedProxies: [],
        accessLog: { sample: '10%', redact: { query: 'all' } },
        defaults: {},
        services: [],
      },
    ],
    ['an access-log policy that is gone', { ...state(), accessLog: { sample: '10%' } }, state()],
  ] as const)('of %s leads from one state to the other, byte for byte', (_, before, after) => {
    const difference = JSON.parse(JSON.stringify(stateDifference(before, after))) as ReturnType<
      typeof stateDifference
    >;
    expect(JSON.stringify(stateAfter(before, difference))).toBe(JSON.stringify(after));
  });

  it('says of what stays only where it was', () => {
    const after = state(...many.with(7, service('s7', 1, 2, 3, 4)));
    const url = 'http://10.0.0.1:4';
    expect(stateDifference(state(...many), after)).toEqual({
      services: [[0, 7], { edit: 7, change: { backends: [[0, 3], { put: { url } }] } }, [8, 42]],
    });
  });
});

describe('contents', () => {
  it('are whole at first, after 50 differences, and when the differences outgrow the whole', () => {
    const thousands = Array.from({ length: 5_000 }, (_, index) => service(`s${index}`, 1, 2, index));
    const many = written(
      Array.from({ length: 120 }, (_, index) => state(...thousands.with(3, service('s3', index)))),
    );
    expect([...new Set(many.map(({ start }) => start))]).toEqual([1, 52, 103]);
    const few = written(Array.from({ length: 20 }, (_, index) => state(service(`only${index}`, index))));
    expect(new Set(few.map(({ start }) => start)).size).toBeGreaterThan(3);
  });

  it('are whole again after a revision that has none', () => {
    const first = writeContent(null, state(...many), 1);
    const gap = { state: state(...many), chain: first.chain };
    expect(writeContent(gap, state(...many.slice(1)), 2).content.start).toBe(1);
    expect(writeContent(gap, state(...many.slice(1)), 3).content.start).toBe(3);
    const newer = { ...gap, chain: { ...first.chain, format: 2 } };
    expect(writeContent(newer, state(...many.slice(1)), 2).content.start).toBe(2);
  });

  it('that are large come in parts that one document holds', () => {
    let seed = 1;
    const word = () => ((seed = (seed * 48_271) % 2_147_483_647), seed.toString(36));
    const path = () => `/${Array.from({ length: 40 }, word).join('')}`;
    const noise = { ...service('noise', 1), paths: Array.from({ length: 60_000 }, path) };
    const [content] = written([state(noise)]) as [RevisionContent];
    expect(content.parts.length).toBeGreaterThan(1);
    for (const part of content.parts) expect(part.length).toBeLessThanOrEqual(PART_BYTES);
    expect(JSON.stringify(readContent(1, [content]))).toBe(JSON.stringify(state(noise)));
  });

  it('that do not fit together are never read as something else', () => {
    const contents = written([1, 2, 3, 4].map((port) => state(...many.with(5, service('s5', port)))));
    expect(JSON.stringify(readContent(4, contents))).toBe(
      JSON.stringify(state(...many.with(5, service('s5', 4)))),
    );
    const broken: (readonly RevisionContent[])[] = [
      contents.toSpliced(1, 1),
      contents.slice(1),
      contents.slice(0, 3),
      contents.toReversed(),
      contents.with(1, { ...(contents[1] as RevisionContent), parts: [] }),
      contents.with(0, contents[1] as RevisionContent),
      contents.with(2, { ...(contents[2] as RevisionContent), parts: contents[0]?.parts ?? [] }),
    ];
    for (const list of broken)
      expect(() => readContent(4, list)).toThrow(/^Revision 4 cannot be read: .*damaged/);
  });
});
