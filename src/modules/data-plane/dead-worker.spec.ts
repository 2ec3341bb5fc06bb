import { expect, it } from 'vitest';
import {
  BACKEND_CELLS,
  BackendCell,
  ConnectionCell,
  LEDGER_CELLS,
  LedgerCell,
  RETRY_CELLS,
  RetryCell,
  SERVICE_CELLS,
  ServiceCell,
  SharedMemory,
} from '../../common/contract/index.js';
import { settleDeadWorker } from './dead-worker.js';
import { LedgerReader } from './ledger.reader.js';

function memoryOfTwoWorkers(): SharedMemory {
  return new SharedMemory({ workers: 2, backendCapacity: 8, serviceCapacity: 4 });
}

it('takes back only what the dead worker held', () => {
  const memory = memoryOfTwoWorkers();
  const [dead, alive] = memory.workers;
  const backend = 3 * BACKEND_CELLS + BackendCell.inFlight;
  const service = 1 * SERVICE_CELLS + ServiceCell.inFlight;
  memory.backends[backend] = 7;
  memory.services[service] = 7;
  dead!.backendInFlight[3] = 5;
  dead!.serviceInFlight[1] = 5;
  alive!.backendInFlight[3] = 2;
  alive!.serviceInFlight[1] = 2;

  settleDeadWorker(memory, 0);

  expect(memory.backends[backend]).toBe(2);
  expect(memory.services[service]).toBe(2);
  expect(dead!.backendInFlight[3]).toBe(0);
  expect(alive!.backendInFlight[3]).toBe(2);
});

it('forgets the connections of the dead worker, but not how many it had accepted', () => {
  const memory = memoryOfTwoWorkers();
  const [dead, alive] = memory.workers;
  for (const own of [dead!, alive!]) {
    own.connections[ConnectionCell.accepted] = 9;
    own.connections[ConnectionCell.open] = 4;
    own.connections[ConnectionCell.waiting] = 2;
    own.connections[ConnectionCell.addressRefusals] = 3;
    own.addresses.fill(1, 16, 24);
  }

  settleDeadWorker(memory, 0);

  expect([...dead!.connections]).toEqual([9, 0, 0, 3, 0, 0, 0, 0]);
  expect([...alive!.connections]).toEqual([9, 4, 2, 3, 0, 0, 0, 0]);
  expect(dead!.addresses.some((cell) => cell !== 0)).toBe(false);
  expect(alive!.addresses.filter((cell) => cell !== 0)).toHaveLength(8);
});

it('frees a lock that the dead worker held and leaves the others', () => {
  const memory = memoryOfTwoWorkers();
  const lockOf = (slot: number) => slot * SERVICE_CELLS + ServiceCell.lock;
  memory.services[lockOf(0)] = 1;
  memory.services[lockOf(1)] = 2;

  settleDeadWorker(memory, 0);

  expect(memory.services[lockOf(0)]).toBe(0);
  expect(memory.services[lockOf(1)]).toBe(2);
});

it('frees the lock of a budget of retries, and keeps what was counted under it', () => {
  const memory = memoryOfTwoWorkers();
  const { retries } = memory.outcomes;
  const cellOf = (slot: number, cell: number) => slot * RETRY_CELLS + cell;
  retries[cellOf(0, RetryCell.lock)] = 1;
  retries[cellOf(0, RetryCell.extra)] = 5;
  retries[cellOf(1, RetryCell.lock)] = 2;

  settleDeadWorker(memory, 0);

  expect(retries[cellOf(0, RetryCell.lock)]).toBe(0);
  expect(retries[cellOf(0, RetryCell.extra)]).toBe(5);
  expect(retries[cellOf(1, RetryCell.lock)]).toBe(2);
});

it('books unfinished exchanges as worker_lost, so that the ledger balances again', () => {
  const memory = memoryOfTwoWorkers();
  const own = memory.workers[0]!;
  own.ledger[LedgerCell.received] = 10;
  own.ledger[LedgerCell.forwarded] = 6;
  own.ledger[LedgerCell.drops] = 1;
  own.serviceLedger[2 * LEDGER_CELLS + LedgerCell.received] = 4;
  own.serviceLedger[2 * LEDGER_CELLS + LedgerCell.forwarded] = 1;

  expect(settleDeadWorker(memory, 0)).toBe(3);

  const ledger = new LedgerReader(memory);
  expect(ledger.totals()).toEqual({
    received: 10,
    forwarded: 6,
    dropped: 4,
    inFlight: 0,
    droppedByReason: { bad_request: 1, worker_lost: 3 },
  });
  expect(ledger.service(2)).toMatchObject({ dropped: 3, inFlight: 0 });
  expect(settleDeadWorker(memory, 0)).toBe(0);
});
