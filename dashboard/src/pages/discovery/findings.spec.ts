import { describe, expect, it } from 'vitest';
import type { DiscoverySource, Finding } from '../../api/types';
import { detailOf, hasTrouble, narrowed, placeOf, summaryOf } from './findings';

function finding(url: string, more: Partial<Finding> = {}): Finding {
  return { service: 'shop', url, place: 'entry 1', backend: null, status: 'added', detail: '', ...more };
}

function source(name: string, ...backends: Finding[]): DiscoverySource {
  return { name, problem: '', backends, problems: [] };
}

const DISCOVERY = {
  sources: [
    source(
      'dns:shop.internal',
      finding('http://10.0.0.7:8080'),
      finding('http://10.0.0.8:8080', { status: 'conflict', detail: 'It is typed in already.' }),
    ),
    source('file:cart.yml', finding('http://10.0.0.7:9', { service: 'cart', place: '', status: 'draining' })),
  ],
};

const urlsOf = (sources: readonly DiscoverySource[]) =>
  sources.flatMap(({ backends }) => backends.map(({ url }) => url));

describe('what was found', () => {
  it('is said in words, those of the balancer first', () => {
    expect(detailOf({ status: 'conflict', detail: 'It is typed in already.' })).toBe(
      'It is typed in already.',
    );
    expect(detailOf({ status: 'refused', detail: '' })).toBe('It is no backend.');
    expect(placeOf({ place: '' })).toBe('found no more');
  });

  it('is summed up with what needs a look', () => {
    expect(summaryOf(DISCOVERY)).toBe('2 sources found 3 backends, 1 in conflict, 1 draining');
    expect(summaryOf({ sources: [source('docker', finding('http://10.0.0.7'))] })).toBe(
      '1 source found 1 backend',
    );
  });

  it('is narrowed by words and by status', () => {
    expect(narrowed(DISCOVERY, { text: ' ', status: '' })).toBe(DISCOVERY.sources);
    expect(urlsOf(narrowed(DISCOVERY, { text: '10.0.0.7', status: '' }))).toEqual([
      'http://10.0.0.7:8080',
      'http://10.0.0.7:9',
    ]);
    expect(narrowed(DISCOVERY, { text: 'TYPED IN', status: '' })).toMatchObject([
      { name: 'dns:shop.internal', backends: [{ status: 'conflict' }] },
    ]);
    expect(urlsOf(narrowed(DISCOVERY, { text: '', status: 'draining' }))).toEqual(['http://10.0.0.7:9']);
    expect(narrowed(DISCOVERY, { text: '10.0.0.8', status: 'added' })).toEqual([]);
  });

  it('has trouble when it cannot look or cannot use something', () => {
    expect(hasTrouble(source('docker'))).toBe(false);
    expect(hasTrouble({ problem: 'away', problems: [] })).toBe(true);
    expect(hasTrouble({ problem: '', problems: [{ place: 'container a', message: 'no port' }] })).toBe(true);
  });
});
