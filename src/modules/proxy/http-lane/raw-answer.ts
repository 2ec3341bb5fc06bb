import { DROP_REASONS, type DropReason } from '../../../common/contract/index.js';
import type { Exchange } from '../exchange.js';
import { problemText } from '../problem.js';
import type { ClientConnection } from './client-connection.js';

/** Answers with a refusal where there is no response object of Node's: always the last thing on its connection. */
export function answerRaw(connection: ClientConnection, exchange: Exchange, reason: DropReason): void {
  const { socket } = connection;
  if (!socket.writable || 'logOnly' in DROP_REASONS[reason]) return connection.cut();
  const text = problemText(exchange, reason, 'Connection: close\r\n');
  socket.write(text, 'latin1');
  connection.closeGently();
}
