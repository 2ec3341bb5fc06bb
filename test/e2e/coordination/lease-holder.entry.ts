import { Lease } from '../../../src/modules/coordination/index.js';
import { openStores } from '../../support/stores.js';
import type { HolderSettings } from './lease-holder.js';

/*
 * A process that wants a lease, and writes down every few milliseconds that it believes to hold it. Times are those of
 * the monotonic clock, which all processes of a machine share. SIGTERM makes it give the lease back.
 */
const { storage, holder, ttlMs } = JSON.parse(process.argv[2] as string) as HolderSettings;
const stores = await openStores(storage);
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const now = () => Number(process.hrtime.bigint() / 1_000_000n);

const lease = new Lease(stores.leases, {
  name: 'work',
  holder,
  ttlMs,
  onAcquired: (term) => say({ event: 'acquired', term, at: now(), date: Date.now() }),
  onLost: () => say({ event: 'lost', at: now() }),
});
lease.start();
say({ event: 'started', at: now() });

const working = setInterval(() => {
  const { term } = lease;
  if (term !== null) say({ event: 'works', term, at: now(), date: Date.now() });
}, 10);

// It stops itself, so that it never does so while it holds a lock of the store: then nobody could go on.
process.on('SIGHUP', () => process.kill(process.pid, 'SIGSTOP'));

process.once('SIGTERM', () => {
  clearInterval(working);
  void lease
    .stop()
    .then(() => stores.close())
    .then(() => process.exit(0));
});
