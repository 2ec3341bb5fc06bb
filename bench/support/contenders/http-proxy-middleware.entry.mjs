/** Started as a process of its own: PORT ADDRESS ... */
import http from 'node:http';
import { createProxyMiddleware } from 'http-proxy-middleware';

const [port, ...backends] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxFreeSockets: 1_024 });
let turn = 0;
const proxy = createProxyMiddleware({
  router: () => `http://${backends[turn++ % backends.length]}`,
  target: `http://${backends[0]}`,
  xfwd: true,
  agent,
});
http.createServer((request, response) => void proxy(request, response)).listen(Number(port), '127.0.0.1');
