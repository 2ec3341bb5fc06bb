import type { Status } from '../../api/types';
import { useNow } from '../../app/now';
import { count } from '../../format/numbers';
import { duration, fullTime } from '../../format/times';
import { Badge, type Tone } from '../../kit/badge';
import { Card } from '../../kit/card';
import { type Column, Table } from '../../kit/table';

type Worker = Status['workers'][number];

const TONES: Readonly<Record<Worker['state'], Tone>> = {
  listening: 'good',
  running: 'accent',
  starting: 'calm',
  dead: 'bad',
};

/** The threads that serve traffic. */
export function WorkerCard({ status }: { status: Status }) {
  return (
    <Card
      title="Workers"
      note={status.mode === 'threads' ? 'threads of this process' : 'in the main thread'}
      flush
    >
      <Table
        label="Workers"
        rows={status.workers}
        rowKey={({ worker }) => String(worker)}
        columns={columnsOf(status.generation)}
      />
    </Card>
  );
}

function columnsOf(published: number): readonly Column<Worker>[] {
  return [
    {
      key: 'worker',
      title: 'Worker',
      width: '80px',
      sort: ({ worker }) => worker,
      cell: ({ worker }) => <strong>{worker}</strong>,
    },
    {
      key: 'state',
      title: 'State',
      width: '120px',
      sort: ({ state }) => state,
      cell: ({ state }) => (
        <Badge tone={TONES[state]} dot>
          {state}
        </Badge>
      ),
    },
    { key: 'up', title: 'Up', width: '110px', cell: ({ startedAt }) => <Up since={startedAt} /> },
    {
      key: 'generation',
      title: 'Generation',
      width: '96px',
      isNumber: true,
      cell: ({ generation }) =>
        generation === published ? (
          count(generation)
        ) : (
          <Badge tone="warn">{`${generation} of ${published}`}</Badge>
        ),
    },
    {
      key: 'restarts',
      title: 'Restarts',
      width: '84px',
      isNumber: true,
      sort: ({ restarts }) => restarts,
      cell: ({ restarts }) => count(restarts),
    },
    {
      key: 'thread',
      title: 'Thread',
      width: '80px',
      isNumber: true,
      cell: ({ threadId }) => (threadId < 0 ? '–' : threadId),
    },
    {
      key: 'error',
      title: 'Last error',
      width: 'minmax(140px, 1fr)',
      cell: ({ lastError }) => (
        <span className="ellipsis" title={lastError}>
          {lastError || '–'}
        </span>
      ),
    },
  ];
}

function Up({ since }: { since: number }) {
  const now = useNow();
  return <span title={fullTime(since)}>{since === 0 ? '–' : duration(now - since)}</span>;
}
