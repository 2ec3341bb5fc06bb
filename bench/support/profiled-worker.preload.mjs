/**
 * Loaded with `node --import` in every thread of the balancer. SIGUSR2 to the process has each worker profile itself for
 * `lengthMs` and write the samples into `folder` (both from BENCH_PROFILE). The flag --cpu-prof would sample from the
 * start on and write at the end of the thread.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import path from 'node:path';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

const SAMPLING_US = 200;
const { folder, lengthMs } = JSON.parse(process.env.BENCH_PROFILE);
const channel = new BroadcastChannel('bench-profile');
channel.unref();

async function profile() {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLING_US });
  await session.post('Profiler.start');
  await new Promise((resolve) => setTimeout(resolve, lengthMs));
  const { profile: samples } = await session.post('Profiler.stop');
  const file = path.join(folder, `worker-${threadId}.json`);
  writeFileSync(file, JSON.stringify(samples));
  renameSync(file, file.replace(/json$/, 'cpuprofile'));
  session.disconnect();
}

if (isMainThread) process.on('SIGUSR2', () => channel.postMessage('start'));
else channel.addEventListener('message', () => void profile());
