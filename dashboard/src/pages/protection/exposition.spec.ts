import { describe, expect, it } from 'vitest';
import { samplesOf } from './exposition';

describe('the exposition', () => {
  it('is read with its labels, as they were before they were written', () => {
    const text =
      '# HELP drops_total x\n# TYPE drops_total counter\ndrops_total{service="a\\"b\\\\\\n",reason="blocked"} 12\ndrops_total{service="",reason="x"} 0\nother 3\n';
    expect(samplesOf(text, ['drops_total', 'gone']).get('drops_total')).toEqual([
      { labels: { service: 'a"b\\\n', reason: 'blocked' }, value: 12 },
      { labels: { service: '', reason: 'x' }, value: 0 },
    ]);
    expect(samplesOf(text, ['gone']).get('gone')).toEqual([]);
  });
});
