import { useQuery } from '../../api/query';
import type { Service, Status } from '../../api/types';
import { bytes, count, plural } from '../../format/numbers';
import { Loaded } from '../../kit/condition';
import { Figures } from '../../kit/figures';
import { Page } from '../../kit/page';
import { AddressCheck } from './address-check';
import { BanCard } from './ban-card';
import { BlocklistCard } from './blocklist-card';
import type { Sample } from './exposition';
import styles from './protection.module.css';
import { RateLimitCard } from './rate-limit-card';
import { ShadowCard } from './shadow-card';
import { useMetrics } from './use-metrics';

const DROPS = 'velocity_exchanges_dropped_total';
const SHADOWS = 'velocity_shadow_drops_total';
const METRICS = [DROPS, SHADOWS];

/** Who is kept out, how fast clients may ask, and what that does. */
export default function ProtectionPage() {
  const status = useQuery<Status>('/api/v1/status', { everyMs: 5_000 });
  const services = useQuery<readonly Service[]>('/api/v1/services?limit=1000', { all: true });
  const metrics = useMetrics(METRICS);
  const drops = metrics?.get(DROPS) ?? [];
  return (
    <Page title="Protection" note="Bans, lists and limits: who is kept out, and why">
      <Loaded query={status}>{({ blocklist }) => <Numbers blocklist={blocklist} drops={drops} />}</Loaded>
      <div className={styles.split}>
        <BanCard />
        <div className="stack">
          <AddressCheck />
          <Loaded query={status}>{({ blocklist }) => <BlocklistCard blocklist={blocklist} />}</Loaded>
          <ShadowCard shadows={metrics?.get(SHADOWS) ?? null} />
        </div>
      </div>
      <Loaded query={services}>{(known) => <RateLimitCard services={known} drops={drops} />}</Loaded>
    </Page>
  );
}

function Numbers({ blocklist, drops }: { blocklist: Status['blocklist']; drops: readonly Sample[] }) {
  const broken = blocklist.files.filter(({ problem }) => problem !== '').length;
  return (
    <Figures
      entries={[
        { label: 'Bans in force', value: count(blocklist.bans) },
        {
          label: 'Networks in lists',
          value: count(blocklist.entries),
          note: `${bytes(blocklist.bytes)}, shared by all workers`,
        },
        {
          label: 'List files',
          value: count(blocklist.files.length),
          note: filesWords(blocklist.files.length, broken),
          tone: broken > 0 ? 'bad' : undefined,
        },
        { label: 'Blocked', value: count(sumOf(drops, 'blocked')), note: 'requests since the start' },
        {
          label: 'Over a rate limit',
          value: count(sumOf(drops, 'rate_limited')),
          note: 'requests since the start',
        },
      ]}
    />
  );
}

function filesWords(all: number, broken: number): string {
  if (all === 0) return 'none configured';
  return broken > 0 ? `${plural(broken, 'file')} refused` : 'all read';
}

function sumOf(samples: readonly Sample[], reason: string): number {
  return samples.reduce((sum, { labels, value }) => sum + (labels['reason'] === reason ? value : 0), 0);
}
