/** A process of its own: FILE. Takes syslog messages over UDP on loopback, says the port, and appends them to the file. */
import { createSocket } from 'node:dgram';
import { createWriteStream } from 'node:fs';

const FLUSH_MS = 50;

const file = createWriteStream(process.argv[2]);
let waiting = [];
createSocket({ type: 'udp4', recvBufferSize: 8 * 1_048_576 })
  .on('message', (message) => waiting.push(message.toString('latin1')))
  .bind(0, '127.0.0.1', function listening() {
    console.log(this.address().port);
  });
setInterval(() => {
  if (waiting.length === 0) return;
  file.write(`${waiting.join('\n')}\n`);
  waiting = [];
}, FLUSH_MS);
