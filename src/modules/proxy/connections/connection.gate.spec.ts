import { expect, it } from 'vitest';
import { CONNECTION_CELLS, ConnectionCell, SharedMemory } from '../../../common/contract/index.js';
import { AddressCounts } from './address-counts.js';
import { ConnectionGate, type ConnectionLimits } from './connection.gate.js';
import { WaitingRoom } from './waiting.room.js';

const ONE = '192.0.2.1';
const OTHER = '192.0.2.2';

/** One gate for each worker, and what they counted. */
function setUp(limits: Partial<ConnectionLimits>, workers = 1) {
  const memory = new SharedMemory({ workers, backendCapacity: 8, serviceCapacity: 4 });
  const gates = memory.workers.map(
    (cells, worker) =>
      new ConnectionGate(
        { maxConnections: 100, maxConnectionsPerAddress: 0, ...limits },
        { workers, cells },
        new AddressCounts(memory, worker, 0),
      ),
  );
  const counted = (worker = 0) => {
    const cells = memory.workers[worker]!.connections;
    return Object.fromEntries(Object.entries(ConnectionCell).map(([name, cell]) => [name, cells[cell]]));
  };
  return { memory, gates, gate: gates[0]!, counted };
}

it('serves the share of its worker, rounded up, and lets more wait', () => {
  const { gates } = setUp({ maxConnections: 5 }, 2);
  for (const gate of gates) {
    expect(gate.share).toBe(3);
    const admitted = Array.from({ length: 5 }, () => gate.admit(ONE));
    expect(admitted).toEqual(['serve', 'serve', 'serve', 'wait', 'wait']);
    expect(gate.open).toBe(3);
  }
});

it('serves at least one connection when there are more workers than connections', () => {
  const { gates } = setUp({ maxConnections: 1 }, 3);
  expect(gates.map((gate) => gate.admit(ONE))).toEqual(['serve', 'serve', 'serve']);
});

it('refuses more connections of an address than its limit, over all workers, and forgets those that left', () => {
  const { gates, counted } = setUp({ maxConnectionsPerAddress: 3 }, 2);
  const [first, second] = gates as [ConnectionGate, ConnectionGate];
  expect([first.admit(ONE), second.admit(ONE), first.admit(ONE)]).toEqual(['serve', 'serve', 'serve']);
  expect([first.admit(ONE), second.admit(ONE), second.admit(OTHER)]).toEqual(['refuse', 'refuse', 'serve']);
  expect(first.open + second.open).toBe(4);
  second.release(ONE);
  expect([first.admit(ONE), second.admit(ONE)]).toEqual(['serve', 'refuse']);
  expect(counted(0)).toEqual({
    accepted: 4,
    open: 3,
    waiting: 0,
    addressRefusals: 1,
    roomRefusals: 0,
    blockedRefusals: 0,
  });
  expect(counted(1)).toEqual({
    accepted: 4,
    open: 1,
    waiting: 0,
    addressRefusals: 2,
    roomRefusals: 0,
    blockedRefusals: 0,
  });
});

it('counts those that wait against their address', () => {
  const { gate } = setUp({ maxConnections: 1, maxConnectionsPerAddress: 2 });
  expect([gate.admit(ONE), gate.admit(ONE), gate.admit(ONE)]).toEqual(['serve', 'wait', 'refuse']);
  gate.abandon(ONE);
  expect(gate.admit(ONE)).toBe('wait');
});

it('looks at no address while the limit is off', () => {
  const { memory, gate } = setUp({});
  for (let index = 0; index < 50; index++) gate.admit(ONE);
  expect(memory.workers[0]!.addresses.every((cell) => cell === 0)).toBe(true);
  gate.release(ONE);
  expect(gate.open).toBe(49);
});

it('keeps two listeners of a worker apart but counts them together', () => {
  const { memory, gate, counted } = setUp({ maxConnections: 1, maxConnectionsPerAddress: 1 });
  const limits = { maxConnections: 1, maxConnectionsPerAddress: 1 };
  const share = { workers: 1, cells: memory.workers[0]! };
  const second = new ConnectionGate(limits, share, new AddressCounts(memory, 0, 1));
  expect([gate.admit(ONE), second.admit(ONE)]).toEqual(['serve', 'serve']);
  expect(counted()).toMatchObject({ accepted: 2, open: 2 });
  expect(memory.workers[0]!.connections).toHaveLength(CONNECTION_CELLS);
});

it('hands out those that wait in the order of their arrival, each when another leaves', () => {
  const { gate, counted } = setUp({ maxConnections: 2 });
  const room = new WaitingRoom<{ name: string }>(gate);
  const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
  expect([gate.admit(ONE), gate.admit(ONE)]).toEqual(['serve', 'serve']);
  for (const connection of [a, b, c]) {
    expect(gate.admit(ONE)).toBe('wait');
    expect(room.add(connection, ONE)).toBe(true);
  }
  expect([room.next(), room.size]).toEqual([null, 3]);
  gate.release(ONE);
  expect([room.next(), room.next()]).toEqual([a, null]);
  expect(counted()).toMatchObject({ accepted: 5, open: 2, waiting: 2 });

  expect([room.leave(b), room.leave(b), room.leave({ name: 'served' })]).toEqual([true, false, false]);
  gate.release(ONE);
  gate.release(ONE);
  expect([room.next(), room.next()]).toEqual([c, null]);
  expect(counted()).toMatchObject({ open: 1, waiting: 0 });
});

it('lets nobody pass those who wait', () => {
  const { gate } = setUp({ maxConnections: 1 });
  const room = new WaitingRoom<object>(gate);
  gate.admit(ONE);
  const waiting = {};
  gate.admit(ONE);
  room.add(waiting, ONE);
  gate.release(ONE);
  expect(gate.admit(OTHER)).toBe('wait');
  const late = {};
  room.add(late, OTHER);
  expect([room.next(), room.next()]).toEqual([waiting, null]);
  expect(room.nextAddress).toBe(ONE);
  gate.release(ONE);
  expect([room.next(), room.nextAddress]).toEqual([late, OTHER]);
});

it('closes what comes when the room is full, and has forgotten it then', () => {
  const { gate, counted } = setUp({ maxConnections: 1, maxConnectionsPerAddress: 10 });
  const room = new WaitingRoom<object>(gate, 2);
  gate.admit(ONE);
  const added = Array.from({ length: 4 }, () => {
    expect(gate.admit(ONE)).toBe('wait');
    return room.add({}, ONE);
  });
  expect(added).toEqual([true, true, false, false]);
  expect(counted()).toEqual({
    accepted: 5,
    open: 1,
    waiting: 2,
    addressRefusals: 0,
    roomRefusals: 2,
    blockedRefusals: 0,
  });
  expect(room.clear()).toHaveLength(2);
  expect(counted()).toMatchObject({ open: 1, waiting: 0 });
  gate.release(ONE);
  const admitted = Array.from({ length: 11 }, () => gate.admit(ONE));
  expect(admitted.filter((admission) => admission === 'refuse')).toHaveLength(1);
});

it('holds 511 unless told otherwise', () => {
  const { gate } = setUp({ maxConnections: 1 });
  const room = new WaitingRoom<object>(gate);
  gate.admit(ONE);
  const added = Array.from({ length: 600 }, () => gate.admit(ONE) === 'wait' && room.add({}, ONE));
  expect(added.filter(Boolean)).toHaveLength(511);
});
