import { useCallback, useEffect, useState } from 'react';
import { call } from '../../api/api';
import { useInterval } from '../../api/query';
import { type Sample, samplesOf } from './exposition';

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
