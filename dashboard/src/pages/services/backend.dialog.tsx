import { useNow } from '../../app/now';
import { bytes, count, milliseconds, rate } from '../../format/numbers';
import { duration, fullTime, relative } from '../../format/times';
import { Button } from '../../kit/button';
import { Dialog } from '../../kit/dialog';
import { type Fact, FactList } from '../../kit/fact-list';
import type { KnownBackend } from './known-backend';

/** All that is known of one backend. */
export function BackendDialog({ known, onClose }: { known: KnownBackend; onClose: () => void }) {
  const { backend, health, live } = known;
  const now = useNow();
  const probe = health?.lastProbe;
  const facts: readonly Fact[] = [
    ['Id', backend.id],
    ['Brought by', backend.source ?? 'the configuration: it is typed in'],
    ["Operator's will", backend.state],
    ['Probes say', `${backend.health}${health?.since ? ` for ${duration(now - health.since)}` : ''}`],
    [
      'Last probe',
      probe
        ? `${probe.passed ? 'passed' : 'failed'} ${relative(probe.time, now)}, ${milliseconds(probe.durationUs / 1000)}`
        : 'none yet',
    ],
    ['Its outcome', probe ? probe.error || (probe.status ? `status ${probe.status}` : 'connected') : '–'],
    ['Next probe', health?.nextProbeAt ? relative(health.nextProbeAt, now) : '–'],
    ['Passed, failed in a row', health ? `${health.consecutivePasses}, ${health.consecutiveFailures}` : '–'],
    ['Ejected until', backend.ejectedUntil === null ? 'not ejected' : fullTime(backend.ejectedUntil)],
    ['Circuit breaker', backend.breaker],
    ['Weight', count(backend.weight)],
    ['In flight', count(backend.inFlight)],
    ['Requests, errors per second', live ? `${rate(live.requests)}, ${rate(live.errors)}` : '–'],
    [
      'Latency: mean, moving average',
      live ? `${milliseconds(live.latencyUs / 1000)}, ${milliseconds(live.ewmaUs / 1000)}` : '–',
    ],
    ['Sent, received per second', live ? `${bytes(live.bytesIn)}, ${bytes(live.bytesOut)}` : '–'],
  ];
  return (
    <Dialog title={backend.url} onClose={onClose} actions={<Button onClick={onClose}>Close</Button>}>
      <FactList facts={facts} size="large" />
    </Dialog>
  );
}
