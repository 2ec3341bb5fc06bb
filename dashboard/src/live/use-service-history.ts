import { useEffect, useState } from 'react';
import { History } from './history';
import { overview, trafficValues, useLiveService, WINDOW_SECONDS } from './live';

/** Traffic of a service since its page was opened. Renders whenever it has grown. */
export function useServiceHistory(name: string): History {
  const [history] = useState(() => new History(8, WINDOW_SECONDS));
  useEffect(
    () =>
      overview.subscribe(() => {
        const now = overview.get();
        const service = now?.services[name];
        if (now && service && now.periodMs > 0) history.push(now.time, trafficValues(service));
      }),
    [history, name],
  );
  useLiveService(name);
  return history;
}
