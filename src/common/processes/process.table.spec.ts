import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { parseListening, ProcessTable } from './process.table.js';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0000 100 0 0 10 0
   1: 0100007F:1F41 0100007F:C000 01 00000000:00000000 00:00000000 00000000  1000        0 4243 1 0000 20 4 30 10 -1
   2: 00000000000000000000000001000000:0BB8 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 77 1 0000 100 0 0 10 0
`;

it('reads the listening sockets of the kernel’s table, and no others', () => {
  expect(parseListening(TABLE)).toEqual([
    { port: 8000, inode: '4242' },
    { port: 3000, inode: '77' },
  ]);
  expect(parseListening('')).toEqual([]);
});

describe.skipIf(process.platform !== 'linux')('on this machine', () => {
  it('knows who listens on a port, and that it is no Velocity', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(new ProcessTable().holdersOf(port)).toEqual([
      { pid: process.pid, command: expect.any(String), isVelocity: false },
    ]);
    server.close();
    await once(server, 'close');
    expect(new ProcessTable().holdersOf(port)).toEqual([]);
  });
});
