import { useCallback, useEffect, useState } from 'react';
import { call } from '../../api/api';
import { useInterval } from '../../api/query';

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const EVERY_MS = 5_000;

/** Samples of some metrics, by name; null until they are known. Counters that the API has nowhere else. */
export function useMetrics(names: readonly string[]): ReadonlyMap<string, readonly Sample[]> | null {
  const [known, setKnown] = useState<ReadonlyMap<string, readonly Sample[]> | null>(null);
  const wanted = names.join(' ');
  const look = useCallback(() => {
    call<string>('GET', '/metrics', { headers: { accept: 'text/plain' } }).then(
      ({ body }) => setKnown(samplesOf(body, wanted.split(' '))),
      () => undefined,
    );
  }, [wanted]);
  useEffect(look, [look]);
  useInterval(look, EVERY_MS);
  return known;
}

/** Reads the Prometheus text format, as far as it is our own. */
export function samplesOf(text: string, names: readonly string[]): ReadonlyMap<string, readonly Sample[]> {
  const found = new Map<string, Sample[]>(names.map((name) => [name, []]));
  for (const line of text.split('\n')) {
    const name = /^[a-z_]+/.exec(line)?.[0];
    const samples = name === undefined ? undefined : found.get(name);
    if (samples === undefined) continue;
    const value = Number(line.slice(line.lastIndexOf(' ') + 1));
    samples.push({ labels: labelsIn(line), value });
  }
  return found;
}

function labelsIn(line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name, value] of line.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)) {
    labels[name!] = value!.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
  }
  return labels;
}
