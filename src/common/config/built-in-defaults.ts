/**
 * What applies when neither the service, nor `defaults`, nor another key says otherwise, in authored form.
 * The schema's descriptions, the reference page and the resolvers all read it from here.
 */
export const BUILT_IN = {
  listener: {
    host: '0.0.0.0',
    port: 8000,
    lane: 'auto',
    timeouts: { head: '15s', idle: '75s' },
    limits: {
      head: '16KiB',
      headers: 100,
      uri: '8KiB',
      connections: 20_000,
      connectionsPerAddress: 'off',
    },
  },
  admin: { host: '127.0.0.1', port: 3000, tokenFile: 'data/admin.token' },
  workers: 'auto',
  storage: { driver: 'sqlite', path: 'data/velocity.db' },
  mongoDatabase: 'velocity',
  accessLog: { enabled: true, retention: '30d', maxBuffered: 100_000 },
  healthLog: { record: 'all', retention: '7d' },
  shutdown: { deadline: '30s' },
  log: { level: 'info', format: 'auto' },
  via: 'velocity',
  algorithm: 'round-robin',
  cookie: 'lb',
  boundedLoad: 1.25,
  paths: ['/'],
  backend: { weight: 1, backup: false, state: 'enabled' },
  health: {
    type: 'tcp',
    path: '/',
    method: 'GET',
    status: '200-399',
    interval: '5s',
    timeout: '2s',
    rise: 2,
    fall: 3,
  },
  timeouts: {
    connect: '3s',
    body: '60s',
    response: '30s',
    request: 'off',
    tunnelIdle: '1h',
    upstreamIdle: '4s',
  },
  retries: { attempts: 2 },
  slowStart: 'off',
  tls: { verify: true },
} as const;
