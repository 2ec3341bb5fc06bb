/**
 * Sends listening sockets to another process, in a process of its own: sockets travel only over a pipe that was opened for
 * it, and the connection that the balancer has accepted is none. Here it is opened anew, as is each socket, without a
 * second owner of the same descriptor in one process.
 *
 * Descriptor 3 is the connection, those from 4 on are the sockets; arguments: a label for each of them.
 */
import { openNodeHandles } from './node-handles.js';

const FIRST_SOCKET = 4;
const labels = process.argv.slice(2);
const handles = openNodeHandles();
if (handles === null) throw new Error('this Node cannot hand over sockets');
const pipe = handles.makePipe();
pipe.open(3);

for (const [index, label] of labels.entries()) {
  const socket = handles.listeningSocket(FIRST_SOCKET + index);
  const request = handles.makeWriteRequest();
  await new Promise<void>((resolve, reject) => {
    request.oncomplete = (status) => {
      if (status === 0) resolve();
      else reject(new Error(`a socket could not be sent (${status})`));
    };
    const status = pipe.writeUtf8String(request, `${JSON.stringify({ type: 'socket', label })}\n`, socket);
    if (status !== 0) reject(new Error(`a socket could not be sent (${status})`));
  });
}
process.exit(0);
