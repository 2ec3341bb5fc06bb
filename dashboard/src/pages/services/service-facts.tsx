import type { Service } from '../../api/types';
import { duration } from '../../format/times';
import { Card } from '../../kit/card';
import { type Fact, FactList } from '../../kit/fact-list';

/** How the service is set up: what runs, defaults filled in. */
export function ServiceFacts({ service }: { service: Service }) {
  const { hosts, paths, algorithm, health, timeouts, retries, rateLimits } = service.effective;
  const span = (ms: number) => (ms === 0 ? 'off' : ms < 1000 ? `${ms} ms` : duration(ms));
  const facts: readonly Fact[] = [
    ['Hosts', hosts.length === 0 ? 'any' : hosts.join(', ')],
    ['Paths', paths.join(', ')],
    ['Algorithm', algorithm.name],
    [
      'Probes',
      health.type === 'none' ? 'none' : `${health.type} ${health.path}, every ${span(health.intervalMs)}`,
    ],
    ['Out after, back after', `${health.fall} failures, ${health.rise} passes`],
    ['Connect, response timeout', `${span(timeouts.connectMs)}, ${span(timeouts.responseMs)}`],
    ['Attempts', String(retries.attempts)],
    [
      'Rate limits',
      rateLimits.length === 0
        ? 'none'
        : rateLimits.map(({ name, limit, windowMs }) => `${name}: ${limit} in ${span(windowMs)}`).join(', '),
    ],
  ];
  return (
    <Card title="Settings" note="as they run, defaults filled in">
      <FactList facts={facts} size="large" />
    </Card>
  );
}
