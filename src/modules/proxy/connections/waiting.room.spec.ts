import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { ConnectionCell, SharedMemory } from '../../../common/contract/index.js';
import { AddressCounts } from './address-counts.js';
import { ConnectionGate, type ConnectionLimits } from './connection.gate.js';
import { WaitingRoom } from './waiting.room.js';

/** On a machine that does other things too. */
const SOON = { timeout: 10_000 };

/** What a listener does with its gate: greets those that are served, and leaves those that wait unread. */
class Doorkeeper {
  readonly cells: Float64Array;
  readonly server = createServer({ pauseOnConnect: true }, (socket) => this.accept(socket));
  private readonly gate: ConnectionGate;
  private readonly room: WaitingRoom<Socket>;

  constructor(limits: ConnectionLimits, capacity: number) {
    const memory = new SharedMemory({ workers: 1, backendCapacity: 1, serviceCapacity: 1 });
    const cells = memory.workers[0]!;
    this.cells = cells.connections;
    this.gate = new ConnectionGate(limits, { workers: 1, cells }, new AddressCounts(memory, 0, 0));
    this.room = new WaitingRoom(this.gate, capacity);
  }

  static async open(limits: ConnectionLimits, capacity = 511): Promise<Doorkeeper> {
    const keeper = new Doorkeeper(limits, capacity);
    keeper.server.listen(0, '127.0.0.1');
    await once(keeper.server, 'listening');
    onTestFinished(() => void keeper.server.close());
    return keeper;
  }

  private accept(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const admission = this.gate.admit(address);
    if (admission === 'refuse' || (admission === 'wait' && !this.room.add(socket, address))) {
      return void socket.destroy();
    }
    socket.on('error', () => undefined);
    socket.once('close', () => {
      if (!this.room.leave(socket)) this.gate.release(address);
      for (let next = this.room.next(); next !== null; next = this.room.next()) this.greet(next);
    });
    if (admission === 'serve') this.greet(socket);
  }

  private greet(socket: Socket): void {
    socket.write('hello');
    socket.resume();
  }
}

/** A client, what it was told, and how its connection ended. */
class Guest {
  text = '';
  readonly closed: Promise<unknown>;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => (this.text += chunk.toString()));
    socket.on('error', () => undefined);
    this.closed = once(socket, 'close');
    onTestFinished(() => void socket.destroy());
  }

  static async arrive(keeper: Doorkeeper): Promise<Guest> {
    const socket = connect((keeper.server.address() as AddressInfo).port, '127.0.0.1');
    const guest = new Guest(socket);
    await once(socket, 'connect');
    return guest;
  }

  async greeted(): Promise<void> {
    await expect.poll(() => this.text, SOON).toBe('hello');
  }

  async leave(): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }
}

const counted = (keeper: Doorkeeper, cell: keyof typeof ConnectionCell) => keeper.cells[ConnectionCell[cell]];

it('serves real connections in their order as others leave, however they leave', async () => {
  const keeper = await Doorkeeper.open({ maxConnections: 2, maxConnectionsPerAddress: 0 });
  const guests: Guest[] = [];
  for (let index = 0; index < 6; index++) {
    guests.push(await Guest.arrive(keeper));
    await expect.poll(() => counted(keeper, 'accepted'), SOON).toBe(index + 1);
  }
  const [first, second, third, fourth, fifth, sixth] = guests as [Guest, Guest, Guest, Guest, Guest, Guest];
  await Promise.all([first.greeted(), second.greeted()]);
  expect([counted(keeper, 'open'), counted(keeper, 'waiting')]).toEqual([2, 4]);
  expect([third, fourth, fifth, sixth].map(({ text }) => text)).toEqual(['', '', '', '']);

  await first.leave();
  await third.greeted();
  expect(fourth.text).toBe('');
  second.socket.resetAndDestroy();
  await fourth.greeted();
  expect([fifth.text, counted(keeper, 'open'), counted(keeper, 'waiting')]).toEqual(['', 2, 2]);

  for (const guest of [third, fourth]) await guest.leave();
  await Promise.all([fifth.greeted(), sixth.greeted()]);
  for (const guest of [fifth, sixth]) await guest.leave();
  await expect.poll(() => [counted(keeper, 'open'), counted(keeper, 'waiting')], SOON).toEqual([0, 0]);
});

it('closes what comes beyond the room and beyond an address’s limit, and nobody else', async () => {
  const keeper = await Doorkeeper.open({ maxConnections: 1, maxConnectionsPerAddress: 4 }, 2);
  const served = await Guest.arrive(keeper);
  await served.greeted();
  const waiting = [await Guest.arrive(keeper), await Guest.arrive(keeper)];
  await expect.poll(() => counted(keeper, 'waiting'), SOON).toBe(2);
  await (
    await Guest.arrive(keeper)
  ).closed;
  expect([counted(keeper, 'roomRefusals'), counted(keeper, 'addressRefusals')]).toEqual([1, 0]);
  await served.leave();
  await waiting[0]!.greeted();
  const again = await Guest.arrive(keeper);
  await expect.poll(() => counted(keeper, 'waiting'), SOON).toBe(2);
  await (
    await Guest.arrive(keeper)
  ).closed;
  expect(counted(keeper, 'roomRefusals')).toBe(2);
  for (const guest of [waiting[0]!, waiting[1]!]) await guest.leave();
  await again.greeted();
});

it('closes more connections of an address than its limit, at once', async () => {
  const keeper = await Doorkeeper.open({ maxConnections: 100, maxConnectionsPerAddress: 2 });
  const guests = [await Guest.arrive(keeper), await Guest.arrive(keeper)];
  await Promise.all(guests.map((guest) => guest.greeted()));
  const refused = await Guest.arrive(keeper);
  await refused.closed;
  expect([refused.text, counted(keeper, 'addressRefusals')]).toEqual(['', 1]);
  await guests[0]!.leave();
  await expect.poll(() => counted(keeper, 'open'), SOON).toBe(1);
  await (await Guest.arrive(keeper)).greeted();
});
