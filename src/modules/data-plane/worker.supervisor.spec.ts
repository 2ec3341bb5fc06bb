import { NO_GLOBALS } from '../../common/contract/policies/index.js';
import { expect, it, onTestFinished } from 'vitest';
import { type ListenerSettings, SharedMemory, type Snapshot } from '../../common/contract/index.js';
import { WorkerSupervisor } from './worker.supervisor.js';

const SNAPSHOT: Snapshot = {
  generation: 1,
  services: [],
  trustedProxies: [],
  globals: NO_GLOBALS,
  via: 'v',
  affinitySecret: '00',
};
const LISTENER: ListenerSettings = {
  host: '127.0.0.1',
  port: 1,
  lane: 'auto',
  headTimeoutMs: 1_000,
  idleTimeoutMs: 1_000,
  maxHeadBytes: 1_000,
  maxHeaders: 10,
  maxUriBytes: 100,
  maxConnections: 100,
  maxConnectionsPerAddress: 0,
};

/** A supervisor of one real thread that runs `code`, with `main` and `life` (1 for the first thread) in its scope. */
function supervise(code: string) {
  const logged: string[] = [];
  const waiters: (() => void)[] = [];
  const note = (_fields: object, message: string) => {
    logged.push(message);
    for (const wake of waiters.splice(0)) wake();
  };
  const entry = `import { parentPort as main, workerData } from 'node:worker_threads';
    const life = Atomics.add(new Int32Array(workerData.memory), 0, 1) + 1;
    const listening = () => main.postMessage({ type: 'listening', addresses: [] });
    ${code}`;
  const supervisor = new WorkerSupervisor({
    memory: new SharedMemory({ workers: 1, backendCapacity: 4, serviceCapacity: 4 }),
    listeners: [LISTENER],
    reusePort: false,
    workers: 1,
    entry: new URL(`data:text/javascript,${encodeURIComponent(entry)}`),
    accessLog: null,
    redis: null,
    tracing: null,
    spans: null,
    log: { info: note, warn: note, error: note },
    events: { accept: () => undefined },
  });
  onTestFinished(async () => void (await supervisor.drain(0)));
  /** Resolves when the log holds so many lines that fit. */
  const lines = async (fits: RegExp, count: number) => {
    while (logged.filter((line) => fits.test(line)).length < count) {
      await new Promise<void>((resolve) => waiters.push(resolve));
    }
  };
  supervisor.receive(SNAPSHOT);
  return { supervisor, lines, logged };
}

it('ends a worker that hangs when the time to drain is over, and settles it', async () => {
  const { supervisor, logged } = supervise(`
    main.on('message', ({ type }) => { if (type === 'listen') listening(); else for (;;); });`);
  await supervisor.listen();
  expect(await supervisor.drain(50)).toEqual({ cut: 0, services: {} });
  expect(supervisor.status()[0]!.state).toBe('dead');
  expect(logged).toContain('worker hangs and is ended');
});

it('gives up at the start when workers only die, and says of what', async () => {
  const { supervisor } = supervise(`throw new Error('nothing works here');`);
  await expect(supervisor.listen()).rejects.toMatchObject({
    code: 'WORKER_FAILED',
    message: expect.stringContaining('nothing works here'),
  });
});

it('replaces a worker that dies later for as long as it takes', async () => {
  const { supervisor, lines } = supervise(`
    if (life > 1 && life < 6) throw new Error('still broken');
    main.on('message', ({ type }) => {
      if (type === 'listen') { listening(); if (life === 1) setImmediate(() => { throw new Error('broken'); }); }
      else process.exit(0);
    });`);
  await supervisor.listen();
  await lines(/^worker listens$/, 2);
  expect(supervisor.status()[0]).toMatchObject({ state: 'listening', restarts: 5 });
});

it('lets a worker that comes back to a taken address try again until it is free', async () => {
  const { supervisor, lines, logged } = supervise(`
    let tries = 0;
    main.on('message', ({ type }) => {
      if (type !== 'listen') process.exit(0);
      if (life === 1) { listening(); setImmediate(() => { throw new Error('broken'); }); }
      else if (++tries < 3) main.postMessage({ type: 'listen-failed', listener: 0, code: 'EADDRINUSE', message: '' });
      else listening();
    });`);
  await supervisor.listen();
  await lines(/^worker listens$/, 2);
  expect(logged.filter((line) => line.startsWith('127.0.0.1:1 is already in use'))).toHaveLength(2);
  expect(supervisor.status()[0]).toMatchObject({ state: 'listening', restarts: 1 });
});
