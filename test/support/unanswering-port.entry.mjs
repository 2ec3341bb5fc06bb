import { createServer } from 'node:net';

/** Listens with the smallest backlog and tells the port; the parent stops this process before anything is accepted. */
const server = createServer();
server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => process.send(server.address().port));
