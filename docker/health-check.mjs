/**
 * What HEALTHCHECK runs: asks the server of this container how it is. Exit code 0: it answers 200; its answer is printed.
 * Not with fetch or `node:http`, which take three times the CPU to load, again and again.
 */
const DEADLINE_MS = 2_500;

const url = new URL(process.env.VELOCITY_HEALTH_URL);
const secure = url.protocol === 'https:';
const { connect } = await import(secure ? 'node:tls' : 'node:net');

// A certificate is made for the names that others use: asked over loopback, it has nothing to prove.
const address = {
  host: url.hostname,
  port: Number(url.port) || (secure ? 443 : 80),
  rejectUnauthorized: false,
};
const socket = connect(address);
socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error(`no answer within ${DEADLINE_MS} ms`)));
socket.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\nconnection: close\r\n\r\n`);
try {
  let answer = '';
  for await (const piece of socket.setEncoding('utf8')) answer += piece;
  const [head, body = ''] = answer.split('\r\n\r\n', 2);
  process.stdout.write(`${head.split('\r\n', 1)[0]} ${body.trim()}\n`);
  process.exitCode = head.startsWith('HTTP/1.1 200 ') ? 0 : 1;
} catch (error) {
  process.stdout.write(`${error.message}\n`);
  process.exitCode = 1;
}
