import { useQuery } from '../../api/query';
import type { Scaling, Service } from '../../api/types';
import { Link } from '../../app/router';
import { plural } from '../../format/numbers';
import { Badge } from '../../kit/badge';
import { scaledPath } from '../page-paths';
import { scaledWords } from '../scaling/scaling-words';

const RENEW_MS = 5_000;

/** Who brings backends of the service besides the configuration, each with the way to its page. */
export function SourceLinks({ service }: { service: Service }) {
  const { scaling, discovery } = service.effective;
  const isFound = discovery.length > 0 || service.backends.some(({ source }) => isOfDiscovery(source));
  return (
    <>
      {scaling && <ScalingLink name={service.name} />}
      {isFound && (
        <Link href={`/discovery?search=${encodeURIComponent(service.name)}`}>
          {discovery.length === 0
            ? 'discovery'
            : plural(discovery.length, 'source of discovery', 'sources of discovery')}
        </Link>
      )}
    </>
  );
}

function ScalingLink({ name }: { name: string }) {
  const { data } = useQuery<Scaling>(`/api/v1/scaling/${encodeURIComponent(name)}`, { everyMs: RENEW_MS });
  return (
    <>
      <Link href={scaledPath(name)}>{data ? scaledWords(data) : 'scaled'}</Link>
      {data && data.problem !== '' && (
        <Badge tone="bad" title={data.problem}>
          scaling has a problem
        </Badge>
      )}
    </>
  );
}

function isOfDiscovery(source: string | null): boolean {
  return source !== null && source !== 'scaling';
}
