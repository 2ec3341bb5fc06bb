import { useNow } from '../app/now';
import { useExternal } from '../app/external';
import { duration } from '../format/times';
import { Badge } from '../kit/badge';
import { Notice } from '../kit/condition';
import { connection, useOverview } from './live';

/** Whether what is shown is what is. */
export function LiveBadge() {
  const { phase } = useExternal(connection);
  if (phase === 'live') {
    return (
      <Badge tone="good" dot>
        Live
      </Badge>
    );
  }
  return (
    <Badge tone="warn" dot>
      {phase === 'connecting' ? 'Connecting' : 'Not live'}
    </Badge>
  );
}

/** Why nothing moves, and for how long that has been so; nothing while all is well. */
export function LiveNotice() {
  const { phase, problem } = useExternal(connection);
  const shown = useOverview();
  const now = useNow();
  if (phase === 'live' || problem === '') return null;
  const age = shown ? ` What is shown is ${duration(now - shown.time)} old.` : '';
  return (
    <Notice tone="warn">
      {problem}
      {age} Trying again.
    </Notice>
  );
}
