import type { V1Pod, V1PodStatus } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { readPod } from './pod.reader.js';

const MADE = new Date('2026-01-01T08:00:00Z');
const LATER = new Date('2026-01-01T09:00:00Z');

function pod(status: V1PodStatus, more: Partial<V1Pod> = {}): V1Pod {
  return { metadata: { name: 'shop-1', creationTimestamp: MADE }, status, ...more };
}

const detailOf = (status: V1PodStatus) => readPod(pod(status)).detail;
const waiting = (reason: string, message?: string) => ({ state: { waiting: { reason, message } } });
const container = { name: 'app', image: 'app', imageID: '', ready: false, restartCount: 0 };

describe('what a pod waits for', () => {
  it.each<[string, V1PodStatus]>([
    [
      'Unschedulable: 0/3 nodes are available',
      {
        phase: 'Pending',
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: '0/3 nodes\n are available',
          },
        ],
      },
    ],
    [
      'ImagePullBackOff: no such image',
      { containerStatuses: [{ ...container, ...waiting('ImagePullBackOff', 'no such image') }] },
    ],
    ['ErrImagePull', { initContainerStatuses: [{ ...container, ...waiting('ErrImagePull') }] }],
    [
      'CrashLoopBackOff (ended OOMKilled with exit code 137): back-off 5m',
      {
        containerStatuses: [
          {
            ...container,
            ...waiting('CrashLoopBackOff', 'back-off 5m'),
            lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
          },
        ],
      },
    ],
    [
      'not ready: containers with unready status: [app]',
      {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'False', message: 'containers with unready status: [app]' }],
      },
    ],
    ['Pending', {}],
    ['', { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }],
  ])('is said as: %s', (detail, status) => {
    expect(detailOf(status)).toBe(detail);
  });

  it('is one line of a length for people', () => {
    const message = 'x'.repeat(5_000);
    expect(detailOf({ containerStatuses: [{ ...container, ...waiting('Error', message) }] })).toHaveLength(
      300,
    );
  });
});

describe('a pod', () => {
  it('that was ready and is not any more waits since then', () => {
    const conditions = [{ type: 'Ready', status: 'False', lastTransitionTime: LATER }];
    expect(readPod(pod({ conditions })).since).toBe(LATER.getTime());
  });

  it('that is ready is as old as it is', () => {
    const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: LATER }];
    expect(readPod(pod({ conditions }))).toMatchObject({ ready: true, since: MADE.getTime() });
  });

  it.each(['Failed', 'Succeeded'])('that is %s is nobody’s copy any more', (phase) => {
    expect(readPod(pod({ phase })).ended).toBe(true);
  });

  it('that was told to end may take the time of its specification', () => {
    const metadata = { name: 'shop-1', creationTimestamp: MADE, deletionTimestamp: LATER };
    const read = readPod(pod({}, { metadata, spec: { containers: [], terminationGracePeriodSeconds: 7 } }));
    expect(read).toMatchObject({ terminating: true, detail: 'Terminating', graceMs: 7_000 });
    expect(readPod(pod({})).graceMs).toBe(30_000);
  });
});
