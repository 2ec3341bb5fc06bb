import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { oneLine } from './api.failure.js';

/** What a pod says about itself. */
export interface FoundPod {
  readonly name: string;
  /** Asked to end: on its way out, and no longer counted by its Deployment. */
  readonly terminating: boolean;
  /** Ended for good (evicted, out of disk): its Deployment has another one made, so that it is nobody's copy any more. */
  readonly ended: boolean;
  readonly ready: boolean;
  /** Unix milliseconds: since when it is what it is: made, or without being ready. */
  readonly since: number;
  /** What it waits for; '' when it is ready. */
  readonly detail: string;
  /** Time that it may take to end, milliseconds. */
  readonly graceMs: number;
}

const DEFAULT_GRACE_S = 30;

export function readPod(pod: V1Pod): FoundPod {
  const { metadata, spec, status } = pod;
  const readiness = status?.conditions?.find(({ type }) => type === 'Ready');
  const ready = readiness?.status === 'True';
  const created = metadata?.creationTimestamp?.getTime() ?? 0;
  const terminating = metadata?.deletionTimestamp !== undefined && metadata.deletionTimestamp !== null;
  return {
    name: metadata?.name ?? '',
    terminating,
    ended: status?.phase === 'Failed' || status?.phase === 'Succeeded',
    ready,
    // One that was ready and is not any more has as long to come back as a new one has to come.
    since: ready ? created : Math.max(created, readiness?.lastTransitionTime?.getTime() ?? 0),
    detail: terminating ? 'Terminating' : ready ? '' : waitingFor(pod),
    graceMs: (spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_S) * 1000,
  };
}

/** The most telling reason first: no node, then a container that does not come up, then readiness. */
function waitingFor({ status }: V1Pod): string {
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') return explained(scheduled.reason ?? 'Unschedulable', scheduled.message);
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  for (const container of containers) {
    const waiting = container.state?.waiting;
    if (waiting?.reason !== undefined) {
      return explained(`${waiting.reason}${lastExit(container)}`, waiting.message);
    }
  }
  const readiness = status?.conditions?.find(({ type }) => type === 'Ready');
  return explained(
    status?.phase === 'Running' ? 'not ready' : (status?.phase ?? 'Pending'),
    readiness?.message,
  );
}

/** A crash loop says by itself only that it is one. */
function lastExit({ lastState }: V1ContainerStatus): string {
  const ended = lastState?.terminated;
  if (ended === undefined) return '';
  const reason = ended.reason === undefined || ended.reason === 'Error' ? '' : ` ${ended.reason}`;
  return ` (ended${reason} with exit code ${ended.exitCode})`;
}

function explained(reason: string, message: string | undefined): string {
  return oneLine(message === undefined || message === '' ? reason : `${reason}: ${message}`);
}
