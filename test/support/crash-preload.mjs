/**
 * Preloaded (`--import`) into a balancer under test: SIGUSR2 makes one of its workers fail with an uncaught error.
 * The balancer itself has no such door.
 */
import { BroadcastChannel, isMainThread, workerData } from 'node:worker_threads';

const channel = new BroadcastChannel('crash');
if (isMainThread) {
  let next = 0;
  process.on('SIGUSR2', () => channel.postMessage({ worker: next++ % 2 }));
} else {
  channel.addEventListener('message', ({ data }) => {
    if (data.worker === workerData.worker) {
      setImmediate(() => {
        throw new Error('crash asked for by the test');
      });
    }
  });
}
channel.unref();
