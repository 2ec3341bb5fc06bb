import type { Change } from '../../registry/index.js';
import type { ChangeUnit } from './plan.js';

/** So many are named, the others counted: the lines of the revision name all. */
const NAMED = 5;

const VERBS: Readonly<Record<ChangeUnit['kind'], string>> = {
  service: 'new service',
  found: 'found',
  moved: 'taken over',
  returned: 'found again',
  changed: 'changed at its source',
  lost: 'lost, drains',
  removed: 'removed after draining',
};

/** Who makes these changes, and why: `found http://10.0.0.7:8080 of shop (A record of shop.internal)`. */
export function changeOf(units: readonly ChangeUnit[]): Change {
  const sources = new Set(units.map(({ source }) => source));
  const [only] = sources;
  const author = sources.size === 1 && only !== undefined ? only : 'discovery';
  return { origin: 'discovery', author, note: noteOf(units) };
}

function noteOf(units: readonly ChangeUnit[]): string {
  const kinds = new Set(units.map(({ kind }) => kind));
  return [...kinds]
    .map((kind) =>
      partOf(
        kind,
        units.filter((unit) => unit.kind === kind),
      ),
    )
    .join('; ');
}

function partOf(kind: ChangeUnit['kind'], units: readonly ChangeUnit[]): string {
  const named = units.slice(0, NAMED).map(subjectOf).join(', ');
  const more = units.length > NAMED ? ` and ${units.length - NAMED} more` : '';
  return `${VERBS[kind]} ${named}${more}`;
}

function subjectOf({ url, service, place }: ChangeUnit): string {
  return `${url === '' ? service : `${url} of ${service}`} (${place})`;
}
