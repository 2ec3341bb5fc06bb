import type { ServiceInput } from '../../../src/common/config/index.js';
import {
  writeContent,
  type DesiredState,
  type RegistryCommit,
  type StoredRegistry,
} from '../../../src/modules/registry/index.js';

export function service(name: string, ...ports: number[]): ServiceInput {
  return {
    name,
    hosts: [`${name}.test`],
    health: { type: 'http', headers: { 'x.dotted': 'a', $dollar: 'b' } },
    backends: ports.map((port) => ({ url: `http://127.0.0.1:${port}`, weight: port % 7 })),
  };
}

export function state(...services: ServiceInput[]): DesiredState {
  const blocklist = ['203.0.113.0/24', { cidr: '2001:db8::/32', note: 'scanner' }];
  return { trustedProxies: ['10.0.0.0/8'], blocklist, defaults: { retries: { attempts: 2 } }, services };
}

export function stored(number: number, desired: DesiredState, appliedFile = desired): StoredRegistry {
  return {
    revision: {
      number,
      time: 1_700_000_000_000 + number,
      origin: 'api',
      author: 'spec',
      note: `note ${number}`,
      restores: 0,
      changes: [`change ${number}`],
    },
    state: desired,
    appliedFile,
    affinitySecret: '00ff'.repeat(8),
    guard: null,
    chain: null,
  };
}

/** The commit that leads from one stored registry to the next, with the difference told by identity. */
export function commitOf(before: StoredRegistry | null, next: StoredRegistry): RegistryCommit {
  const old = new Map((before?.state.services ?? []).map((found) => [found.name, found]));
  const names = new Set(next.state.services.map((found) => found.name));
  return {
    expected: before?.revision.number ?? 0,
    next,
    content: writeContent(before, next.state, next.revision.number).content,
    upserted: next.state.services.filter((found) => old.get(found.name) !== found).map((found) => found.name),
    removed: [...old.keys()].filter((name) => !names.has(name)),
  };
}

/** A state whose every backend names the number: a mixture of two of them shows. */
export function uniformState(number: number): DesiredState {
  const services = Array.from({ length: 20 }, (_, index): ServiceInput => ({
    name: `s${index}`,
    backends: Array.from({ length: 5 }, (_, port) => ({
      url: `http://127.0.0.1:${1_000 + port}`,
      weight: number % 1_000,
    })),
  }));
  return state(...services.slice(0, 10 + (number % 10)));
}
