import { DROP_REASONS, type DropReason } from '../../../common/contract/index.js';
import type { Exchange } from '../exchange.js';
import { problemOf } from '../problem.js';
import type { ClientConnection } from './client-connection.js';

/** Answers with a refusal where there is no response object of Node's: always the last thing on its connection. */
export function answerRaw(connection: ClientConnection, exchange: Exchange, reason: DropReason): void {
  const { socket } = connection;
  if (!socket.writable || 'logOnly' in DROP_REASONS[reason]) return connection.cut();
  const problem = problemOf(exchange, reason);
  let text = `HTTP/1.1 ${problem.status} ${problem.statusText}\r\nDate: ${new Date().toUTCString()}\r\n`;
  for (let index = 0; index < problem.headers.length; index += 2) {
    text += `${problem.headers[index]}: ${problem.headers[index + 1]}\r\n`;
  }
  text += 'Connection: close\r\n\r\n';
  if (exchange.head.method !== 'HEAD') {
    text += problem.body;
    exchange.bytesOut = problem.body.length;
  }
  socket.write(text, 'latin1');
  connection.closeGently();
}
