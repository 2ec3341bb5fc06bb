import { readOr } from './process-tree.js';

/** Most files and sockets of one process: the hard limit, to which Node and the others raise theirs. */
export function descriptorLimit(): number {
  const [, , hard] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(readOr('/proc/self/limits', '')) ?? [];
  return hard === 'unlimited' ? 1_048_576 : Number(hard ?? 1_024);
}

/** Client connections that a proxy can serve at a time when each also needs one to a backend. */
export function mostActiveConnections(): number {
  const RESERVE = 200;
  return Math.floor((descriptorLimit() - RESERVE) / 2);
}
