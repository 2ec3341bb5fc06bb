import type { Discovery, DiscoverySource, Finding } from '../../api/types';
import { plural } from '../../format/numbers';
import type { StateWords } from '../../live/states';

export type Status = Finding['status'];

export const STATUS_WORDS: Readonly<Record<Status, StateWords>> = {
  added: { tone: 'good', label: 'Added' },
  conflict: { tone: 'warn', label: 'Conflict' },
  draining: { tone: 'warn', label: 'Draining' },
  refused: { tone: 'bad', label: 'Refused' },
};

/** What a status means, where the balancer has nothing more to say. */
const MEANINGS: Readonly<Record<Status, string>> = {
  added: 'It is a backend of the service.',
  conflict: 'Somebody else brought a backend with this URL, which stays as it is.',
  draining: 'It takes nothing new, and is removed when nothing runs there.',
  refused: 'It is no backend.',
};

/** What became of a finding, in a sentence. */
export function detailOf({ detail, status }: Pick<Finding, 'detail' | 'status'>): string {
  return detail === '' ? MEANINGS[status] : detail;
}

/** Where it was found. */
export function placeOf({ place }: Pick<Finding, 'place'>): string {
  return place === '' ? 'found no more' : place;
}

export interface FindingFilter {
  /** Part of a service, a URL, a place or a detail, in any case; empty: any. */
  readonly text: string;
  /** Empty: any. */
  readonly status: string;
}

/** The sources with what fits of their findings; a source of which nothing fits is left out, unless nothing is asked for. */
export function narrowed(
  { sources }: Discovery,
  { text, status }: FindingFilter,
): readonly DiscoverySource[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '' && status === '') return sources;
  const fits = (finding: Finding) => {
    if (status !== '' && finding.status !== status) return false;
    const { service, url } = finding;
    return [service, url, placeOf(finding), detailOf(finding)].some((one) =>
      one.toLowerCase().includes(wanted),
    );
  };
  return sources
    .map((source) => ({ ...source, backends: source.backends.filter(fits) }))
    .filter(({ backends }) => backends.length > 0);
}

/** `2 sources found 5 backends, 1 in conflict, 1 refused`. */
export function summaryOf({ sources }: Discovery): string {
  const findings = sources.flatMap(({ backends }) => backends);
  const number = (status: Status) => findings.filter((one) => one.status === status).length;
  const notes = [
    [number('conflict'), 'in conflict'],
    [number('refused'), 'refused'],
    [number('draining'), 'draining'],
  ] as const;
  const found = `${plural(sources.length, 'source')} found ${plural(findings.length, 'backend')}`;
  return [found, ...notes.filter(([many]) => many > 0).map(([many, what]) => `${many} ${what}`)].join(', ');
}

/** A source that cannot look, or found what it cannot use. */
export function hasTrouble({ problem, problems }: Pick<DiscoverySource, 'problem' | 'problems'>): boolean {
  return problem !== '' || problems.length > 0;
}
