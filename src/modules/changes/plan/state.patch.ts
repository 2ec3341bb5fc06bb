import { isDeepStrictEqual } from 'node:util';
import type { ServiceInput } from '../../../common/config/index.js';
import { withoutServiceValues } from '../../../common/secrets/index.js';
import { type DesiredState, settingsOf } from '../../registry/index.js';

/** Lines around a change. */
const CONTEXT = 3;
/** A difference of one service that takes longer to find is one of everything. */
const DEADLINE_MS = 250;
/** More is no page to read, and the lines of changes name them all. */
const MAX_SERVICES = 200;
const NOWHERE = '/dev/null';

/** One thing that is compared as a text of its own; empty: it is not there. */
interface Document {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/**
 * The difference between two states as a unified diff of their YAML, a part for each service and one for the rest, so
 * that each hunk says whose it is and what did not change costs nothing. Values that may be secret, as those of health
 * headers and of variables, are shown as `***`.
 */
export async function statePatch(before: DesiredState, after: DesiredState): Promise<string> {
  const [{ stringify }, { createTwoFilesPatch, FILE_HEADERS_ONLY }] = await Promise.all([
    import('yaml'),
    import('diff'),
  ]);
  const changed = changedServices(before, after);
  const documents = [
    { name: 'settings', before: stringify(shownSettings(before)), after: stringify(shownSettings(after)) },
    ...changed.slice(0, MAX_SERVICES).map(({ name, old, now }) => ({
      name: `services/${name}`,
      before: old === undefined ? '' : stringify(withoutServiceValues(old)),
      after: now === undefined ? '' : stringify(withoutServiceValues(now)),
    })),
  ];
  const patchOf = (document: Document) =>
    createTwoFilesPatch(
      fileName('a', document.name, document.before),
      fileName('b', document.name, document.after),
      document.before,
      document.after,
      undefined,
      undefined,
      { context: CONTEXT, timeout: DEADLINE_MS, headerOptions: FILE_HEADERS_ONLY },
    ) ?? `# ${document.name}: too different to be compared line by line\n`;
  const patches = documents.filter((document) => document.before !== document.after).map(patchOf);
  const hidden = changed.length - MAX_SERVICES;
  return [...patches, ...(hidden > 0 ? [`# and ${hidden} more services\n`] : [])].join('');
}

interface ChangedService {
  readonly name: string;
  readonly old: ServiceInput | undefined;
  readonly now: ServiceInput | undefined;
}

/** In the order of the new state, then those that are gone. */
function changedServices(before: DesiredState, after: DesiredState): readonly ChangedService[] {
  const olds = new Map(before.services.map((service) => [service.name, service]));
  const news = new Map(after.services.map((service) => [service.name, service]));
  return [...new Set([...news.keys(), ...olds.keys()])]
    .map((name) => ({ name, old: olds.get(name), now: news.get(name) }))
    .filter(({ old, now }) => old !== now && !isDeepStrictEqual(old, now));
}

function shownSettings(state: DesiredState): object {
  return withoutServiceValues(settingsOf(state));
}

function fileName(side: string, name: string, text: string): string {
  return text === '' ? NOWHERE : `${side}/${name}`;
}
