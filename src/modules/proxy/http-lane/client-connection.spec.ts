import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { DeadlineTicker } from '../deadline.ticker.js';
import { ClientConnection } from './client-connection.js';
import { ListenerState } from '../listener/listener-state.js';

async function accepted(): Promise<{ socket: Socket; client: Socket }> {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  return { socket, client };
}

it('is watched while it lingers, and no longer once it has closed, whoever ends it then', async () => {
  const { socket, client } = await accepted();
  const ticker = new DeadlineTicker();
  const connection = new ClientConnection(
    socket,
    new ListenerState({ maxUriBytes: 100, maxHeaders: 10 }),
    ticker,
  );
  connection.prepareEnd({ complete: false } as IncomingMessage);
  socket.destroySoon();
  expect(ticker.size).toBe(1);
  client.destroy();
  await once(socket, 'close');
  expect(ticker.size).toBe(0);
  // As the other end of a tunnel does that closes later.
  socket.destroySoon();
  expect(ticker.size).toBe(0);
});
