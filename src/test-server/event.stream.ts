import { sendJson, type TestExchange } from './test-exchange.js';

/**
 * Server-sent events: `?interval` milliseconds between them (10 to 60000, default 1000), `?count` of them
 * (0, the default: until the client leaves or the server stops).
 */
export function streamEvents(exchange: TestExchange): void {
  const intervalMs = Number(exchange.query.get('interval') ?? 1_000);
  const count = Number(exchange.query.get('count') ?? 0);
  if (!(intervalMs >= 10 && intervalMs <= 60_000) || !Number.isInteger(count) || count < 0) {
    return sendJson(exchange, 400, { error: 'Give interval=10..60000 (milliseconds) and count=0..n.' });
  }
  const { state, request, response } = exchange;
  request.resume();
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  if (request.method === 'HEAD') return void response.end();
  let sent = 0;
  const send = () => {
    sent++;
    response.write(
      `id: ${sent}\nevent: tick\ndata: ${JSON.stringify({ name: state.name, event: sent })}\n\n`,
    );
    if (sent === count) finish();
  };
  const timer = setInterval(send, intervalMs);
  const finish = () => {
    clearInterval(timer);
    state.stopping.signal.removeEventListener('abort', finish);
    response.end();
  };
  state.stopping.signal.addEventListener('abort', finish);
  response.once('close', finish);
  send();
}
