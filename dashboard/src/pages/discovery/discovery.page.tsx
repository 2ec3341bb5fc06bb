import { useDeferredValue, useMemo } from 'react';
import { useQuery } from '../../api/query';
import type { Discovery } from '../../api/types';
import { navigate, useQueryParameter } from '../../app/router';
import { Button } from '../../kit/button';
import { Card } from '../../kit/card';
import { Empty, Loaded } from '../../kit/condition';
import { Input, Select } from '../../kit/field';
import { Page } from '../../kit/page';
import { useLive } from '../../live/live';
import { LiveBadge, LiveNotice } from '../../live/live-badge';
import styles from './discovery.module.css';
import { narrowed, type Status, STATUS_WORDS, summaryOf } from './findings';
import { SourceCard } from './source-card';

const RENEW_MS = 5_000;

/** Where backends are found, and what became of each. */
export default function DiscoveryPage() {
  useLive();
  const query = useQuery<Discovery>('/api/v1/discovery', { everyMs: RENEW_MS });
  return (
    <Page
      title="Discovery"
      note={query.data && query.data.sources.length > 0 ? summaryOf(query.data) : 'Backends that are found'}
      actions={<LiveBadge />}
    >
      <LiveNotice />
      <Loaded query={query} lines={8}>
        {(discovery) => (discovery.sources.length === 0 ? <NoSources /> : <Sources discovery={discovery} />)}
      </Loaded>
    </Page>
  );
}

function Sources({ discovery }: { discovery: Discovery }) {
  const [text, setText] = useQueryParameter('search');
  const [status, setStatus] = useQueryParameter('status');
  const wanted = useDeferredValue(text);
  const sources = useMemo(() => narrowed(discovery, { text: wanted, status }), [discovery, wanted, status]);
  return (
    <>
      <Card>
        <div className={styles.filters} role="search" aria-label="Filters">
          <Input
            label="Search"
            quietLabel
            type="search"
            placeholder="Service, URL, place or words"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <Select
            label="Status"
            quietLabel
            value={status}
            onChange={(event) => setStatus(event.target.value)}
          >
            <option value="">Any status</option>
            {(Object.keys(STATUS_WORDS) as Status[]).map((value) => (
              <option key={value} value={value}>
                {STATUS_WORDS[value].label}
              </option>
            ))}
          </Select>
        </div>
      </Card>
      {sources.map((source) => (
        <SourceCard key={source.name} source={source} />
      ))}
      {sources.length === 0 && (
        <Card>
          <Empty title="None fits" icon="search">
            No source has found what you look for.
          </Empty>
        </Card>
      )}
    </>
  );
}

function NoSources() {
  return (
    <Card>
      <Empty
        title="No sources"
        icon="discovery"
        action={<Button onClick={() => navigate('/configuration')}>To the configuration</Button>}
      >
        A service with <code>discovery</code> has its backends found in the DNS or in a file that another
        program writes; labels of Docker containers are looked at with <code>discovery.docker</code> in the
        configuration file.
      </Empty>
    </Card>
  );
}
