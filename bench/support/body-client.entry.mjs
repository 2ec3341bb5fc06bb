/** A process of its own: PORT down|up BYTES. Streams one body and prints how many bytes arrived on the other side. */
import http from 'node:http';

const [port, direction, bytes] = process.argv.slice(2);
const total = Number(bytes);
const CHUNK = Buffer.alloc(65_536, 'x');
const isUp = direction === 'up';

const request = http.request(
  {
    host: '127.0.0.1',
    port: Number(port),
    method: isUp ? 'POST' : 'GET',
    path: isUp ? '/' : `/${total}`,
    headers: isUp ? { 'content-length': total } : {},
    agent: false,
  },
  (response) => {
    let [arrived, text] = [0, ''];
    response.on('data', (chunk) => {
      arrived += chunk.length;
      if (isUp) text += chunk;
    });
    response.on('end', () => console.log(isUp ? text : arrived));
  },
);

function write(rest) {
  while (rest > 0) {
    const piece = rest >= CHUNK.length ? CHUNK : CHUNK.subarray(0, rest);
    rest -= piece.length;
    if (!request.write(piece) && rest > 0) return void request.once('drain', () => write(rest));
  }
  request.end();
}

write(isUp ? total : 0);
