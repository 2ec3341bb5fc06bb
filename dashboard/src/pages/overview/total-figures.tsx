import { count, milliseconds, percent, plural, rate, shortCount } from '../../format/numbers';
import { type FigureEntry, Figures } from '../../kit/figures';
import { useOverview } from '../../live/live';
import type { LiveService, Overview, Traffic } from '../../live/overview.types';

/** All traffic in six numbers. */
export function TotalFigures() {
  const now = useOverview();
  return now && <Figures entries={[...trafficFigures(now.total), backendsFigure(now)]} />;
}

/** Those that a service has too. */
export function trafficFigures(traffic: Traffic): FigureEntry[] {
  const { requests, latency, statuses, dropped, drops, inFlight, waiting, received } = traffic;
  const failed = statuses['5xx'] ?? 0;
  const answered = traffic.forwarded + dropped;
  const [worst] = Object.entries(drops).sort(([, a], [, b]) => b - a);
  const time = (us: number) => (latency.count === 0 ? '–' : milliseconds(us / 1000));
  return [
    { label: 'Requests per second', value: rate(requests), note: `${shortCount(received)} since the start` },
    { label: 'Latency p99', value: time(latency.p99Us), note: `p50 ${time(latency.p50Us)}` },
    {
      label: 'Answers with 5xx',
      value: answered === 0 ? '–' : percent(failed / answered),
      note: `${rate(failed)} per second`,
      tone: failed > 0 ? 'bad' : undefined,
    },
    {
      label: 'Dropped per second',
      value: rate(dropped),
      note: worst ? `most: ${worst[0]}` : 'none',
      tone: dropped > 0 ? 'warn' : undefined,
    },
    {
      label: 'In flight',
      value: count(inFlight),
      note: waiting > 0 ? `${count(waiting)} waiting` : 'none waiting',
    },
  ];
}

function backendsFigure({ services }: Overview): FigureEntry {
  let all = 0;
  let available = 0;
  const named: readonly LiveService[] = Object.values(services);
  for (const service of named) {
    available += service.available;
    for (const _ in service.backends) all += 1;
  }
  return {
    label: 'Backends available',
    value: `${count(available)} of ${count(all)}`,
    note: plural(named.length, 'service'),
    tone: available < all ? 'warn' : undefined,
  };
}
