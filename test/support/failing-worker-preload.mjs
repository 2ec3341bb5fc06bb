import { isMainThread } from 'node:worker_threads';

// Loaded into every thread of a balancer: its workers end as soon as they start.
if (!isMainThread) process.exit(3);
