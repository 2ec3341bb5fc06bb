/** A process of its own: PORT. GET /BYTES answers so many; a POST is read to its end and answered with what came. */
import http from 'node:http';

const CHUNK = Buffer.alloc(65_536, 'x');

function write(response, rest) {
  while (rest > 0) {
    const piece = rest >= CHUNK.length ? CHUNK : CHUNK.subarray(0, rest);
    rest -= piece.length;
    if (!response.write(piece) && rest > 0) return void response.once('drain', () => write(response, rest));
  }
  response.end();
}

http
  .createServer((request, response) => {
    if (request.method === 'POST') {
      let bytes = 0;
      request.on('data', (chunk) => (bytes += chunk.length));
      request.on('end', () => response.end(String(bytes)));
      return;
    }
    const bytes = Number(request.url.slice(1)) || 0;
    response.writeHead(200, { 'content-length': bytes });
    write(response, bytes);
  })
  .listen(Number(process.argv[2]), '0.0.0.0');
