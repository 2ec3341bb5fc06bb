import { call } from '../../api/api';
import { invalidate } from '../../api/query';
import type { Backend } from '../../api/types';
import { plural } from '../../format/numbers';
import { confirm } from '../../kit/confirmation';
import { toast } from '../../kit/toast';

/** What is said when a condition (If-Match) no longer holds. */
export const CONFLICT =
  'Somebody changed this backend while you decided, and nothing was done: close this, look at what is new, and decide again.';

const WORDS = {
  enabled: {
    verb: 'Enable',
    done: 'takes requests as soon as it is healthy',
    effect: () => 'It takes requests again, as soon as its probes say that it is healthy.',
  },
  draining: {
    verb: 'Drain',
    done: 'takes nothing new',
    effect: ({ inFlight }: Backend) =>
      `It takes nothing new; what runs (now ${plural(inFlight, 'exchange')}) finishes. When nothing is in flight, the server can be stopped. The other backends take over its share.`,
  },
  disabled: {
    verb: 'Disable',
    done: 'is out of use',
    effect: () =>
      'It takes nothing new and is probed no more, until somebody enables it. The other backends take over its share.',
  },
} as const;

export function askToChange(backend: Backend, path: string, state: Backend['state']): void {
  const { verb, done, effect } = WORDS[state];
  const place = `${path}/backends/${backend.id}`;
  const tag = tagOf(place);
  confirm({
    title: `${verb} ${backend.url}?`,
    effect: effect(backend),
    verb,
    conflict: CONFLICT,
    act: async () => {
      await call('PATCH', place, { body: { state }, ifMatch: await tag });
      invalidate(path);
      toast(`${backend.url} ${done}.`);
    },
  });
}

export function askToRemove(backend: Backend, path: string): void {
  const place = `${path}/backends/${backend.id}`;
  const tag = tagOf(place);
  confirm({
    title: `Remove ${backend.url}?`,
    effect: `It takes nothing new at once; what runs (now ${plural(backend.inFlight, 'exchange')}) finishes. Its counters are gone. The revision before can be rolled back to.`,
    verb: 'Remove the backend',
    isDangerous: true,
    conflict: CONFLICT,
    act: async () => {
      await call('DELETE', place, { ifMatch: await tag });
      invalidate(path);
      toast(`${backend.url} was removed.`);
    },
  });
}

/** Of the backend as it is when the question is asked: what is decided on. A failure shows when it is confirmed. */
export function tagOf(place: string): Promise<string> {
  const tag = call('GET', place).then((answer) => answer.tag);
  tag.catch(() => undefined);
  return tag;
}
