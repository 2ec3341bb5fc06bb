import { expect, it } from 'vitest';
import type { BackendConfig, ServiceConfig } from '../../common/config/index.js';
import {
  BACKEND_CELLS,
  BackendCell,
  BackendStates,
  SharedMemory,
  type Snapshot,
} from '../../common/contract/index.js';
import { backendConfig as backend, serviceConfig, stateOf } from '../../../test/support/service.config.js';
import { SnapshotPublisher } from './snapshot.publisher.js';

function service(name: string, backends: readonly BackendConfig[]): ServiceConfig {
  return serviceConfig(backends, { name });
}

class RecordingReceiver {
  readonly snapshots: Snapshot[] = [];
  oldest = 0;
  receive(snapshot: Snapshot): void {
    this.snapshots.push(snapshot);
  }
  oldestGeneration(): number {
    return this.oldest;
  }
}

function setUp(backendCapacity = 8) {
  const memory = new SharedMemory({ workers: 1, backendCapacity, serviceCapacity: 4 });
  const states = new BackendStates(memory);
  const publisher = new SnapshotPublisher(memory, states, 'velocity');
  const receiver = new RecordingReceiver();
  publisher.connect(receiver);
  const publish = (services: readonly ServiceConfig[]) => publisher.publish(stateOf(services));
  return { memory, states, publisher, receiver, publish };
}

it('keeps the snapshot of an unchanged service over a publication', () => {
  const { publish } = setUp();
  const still = service('still', [backend(1)]);
  const first = publish([still, service('moving', [backend(2)])]);
  const second = publish([still, service('moving', [backend(2, { weight: 5 })])]);
  expect(second.snapshot.generation).toBe(first.snapshot.generation + 1);
  expect(second.services[0]).toBe(first.services[0]);
  expect(second.services[1]!.snapshot.fingerprint).not.toBe(first.services[1]!.snapshot.fingerprint);
  expect(second.services[1]!.snapshot.backends[0]!.slot).toBe(first.services[1]!.snapshot.backends[0]!.slot);
});

it('keeps health and in flight of a backend whose weight changes', () => {
  const { memory, states, publish } = setUp();
  const first = publish([service('shop', [backend(1)])]).services[0]!.snapshot;
  const slot = first.backends[0]!.slot;
  states.setHealth(slot, first.slot, 'healthy');
  Atomics.add(memory.backends, slot * BACKEND_CELLS + BackendCell.inFlight, 3);
  publish([service('shop', [backend(1, { weight: 9 })])]);
  expect(states.health(slot)).toBe('healthy');
  expect(states.inFlight(slot)).toBe(3);
});

it('puts the operator state into the shared memory', () => {
  const { states, publish } = setUp();
  const slot = publish([service('shop', [backend(1)])]).services[0]!.snapshot.backends[0]!.slot;
  publish([service('shop', [backend(1, { state: 'draining' })])]);
  expect(states.adminState(slot)).toBe('draining');
  publish([service('shop', [backend(1)])]);
  expect(states.adminState(slot)).toBe('enabled');
});

it('does not give the slot of a removed backend away while an exchange runs on it', () => {
  const { memory, receiver, publish } = setUp(2);
  const slot = publish([service('shop', [backend(1), backend(2)])]).services[0]!.snapshot.backends[0]!.slot;
  const inFlight = slot * BACKEND_CELLS + BackendCell.inFlight;
  Atomics.add(memory.backends, inFlight, 1);
  publish([service('shop', [backend(2)])]);
  receiver.oldest = 2;
  expect(() => publish([service('shop', [backend(2), backend(3)])])).toThrow(/room for 2 backends/);
  Atomics.sub(memory.backends, inFlight, 1);
  const third = publish([service('shop', [backend(2), backend(3)])]);
  expect(third.services[0]!.snapshot.backends.map((one) => one.slot)).toContain(slot);
});

it('leaves a removed backend to the workers that still run on it', () => {
  const { states, receiver, publish } = setUp();
  const first = publish([service('shop', [backend(1)])]).services[0]!.snapshot;
  const { slot } = first.backends[0]!;
  states.setHealth(slot, first.slot, 'healthy');
  publish([service('shop', [backend(2)])]);
  publish([service('shop', [backend(2)])]);
  expect(states.isAvailable(slot)).toBe(true);
  receiver.oldest = 2;
  publish([service('shop', [backend(2)])]);
  expect(states.isAvailable(slot)).toBe(false);
});

it('changes nothing at all when there is no room', () => {
  const { states, publisher, receiver, publish } = setUp(2);
  const before = publish([service('shop', [backend(1)])]);
  const slot = before.services[0]!.snapshot.backends[0]!.slot;
  const tooMany = [service('shop', [backend(1, { state: 'draining' }), backend(2), backend(3)])];
  expect(() => publish(tooMany)).toThrow(/room for 2 backends/);
  expect(states.adminState(slot)).toBe('enabled');
  expect(publisher.current()).toBe(before);
  expect(receiver.snapshots).toHaveLength(1);
});

it('tells listeners of the control plane before the data plane', () => {
  const { publisher, receiver, publish } = setUp();
  const seen: number[] = [];
  publisher.onPublished(() => seen.push(receiver.snapshots.length));
  publish([service('shop', [backend(1)])]);
  expect(seen).toEqual([0]);
  expect(receiver.snapshots).toHaveLength(1);
});
