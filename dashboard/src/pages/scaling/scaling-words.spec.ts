import { describe, expect, it } from 'vitest';
import {
  amountOf,
  boundsWords,
  copiesWords,
  instanceState,
  kindWords,
  limitWords,
  metricName,
  reasonWords,
  scaledWords,
  scalingState,
} from './scaling-words';

describe('the words of scaling', () => {
  it('say the state, and colour it when there is a problem', () => {
    expect(scalingState({ state: 'active', problem: '' })).toEqual({ tone: 'good', label: 'Active' });
    expect(scalingState({ state: 'standby', problem: '' })).toEqual({ tone: 'calm', label: 'Standby' });
    expect(scalingState({ state: 'off', problem: 'no driver' })).toEqual({ tone: 'bad', label: 'Off' });
  });

  it('say a schedule only when it asks for more than the least', () => {
    expect(boundsWords({ min: 1, max: 10, floor: 0 })).toBe('1 to 10');
    expect(boundsWords({ min: 4, max: 10, floor: 4 })).toBe('4 to 10');
    expect(boundsWords({ min: 1, max: 10, floor: 4 })).toBe('1 to 10, at least 4 by schedule');
    expect(scaledWords({ driver: 'process', current: 3, min: 1, max: 10 })).toBe(
      'scaled by process driver, 3 of 1–10',
    );
  });

  it('tell a copy that drains from one that ends', () => {
    expect(instanceState({ state: 'running', isDraining: false }).label).toBe('Running');
    expect(instanceState({ state: 'running', isDraining: true }).label).toBe('Draining');
    expect(instanceState({ state: 'failed', isDraining: true }).label).toBe('Failed');
  });

  it.each([
    ['decision', 1, 5, '1 to 5'],
    ['decision', 3, 3, 'stays 3'],
    ['started', 2, 3, '2 of 3 wanted'],
    ['stopped', 3, 3, '3'],
    ['found', 7, null, ''],
  ] as const)('%s: %s and %s are %j', (kind, current, desired, words) => {
    expect(copiesWords({ kind, current, desired })).toBe(words);
  });

  it('say that a problem is over', () => {
    expect(kindWords({ kind: 'problem', reason: '' })).toEqual({ tone: 'good', label: 'well again' });
    expect(reasonWords({ kind: 'problem', reason: '' })).toBe('The problem is over.');
    expect(kindWords({ kind: 'problem', reason: 'away' }).tone).toBe('bad');
    expect(reasonWords({ kind: 'started', reason: '' })).toBe('');
  });

  it('give each metric its unit, and take one of a newer balancer as it is', () => {
    expect(amountOf('p95Ms', 200)).toBe('200 ms');
    expect(amountOf('cpu', 0.7)).toBe('70 %');
    expect(amountOf('inFlight', 20)).toBe('20');
    expect(amountOf('toString', 2)).toBe('2');
    expect(metricName('cpu')).toBe('CPU');
    expect(metricName('toString')).toBe('toString');
    expect(limitWords('step')).toBe('No more at a time.');
    expect(limitWords('toString')).toBe('toString');
  });
});
