/** Example bodies of the OpenAPI document. A spec sends each of them to the real API. */
export const SERVICE_EXAMPLES = {
  small: {
    name: 'shop',
    hosts: ['shop.example.com'],
    backends: ['http://10.0.0.7:8080', 'http://10.0.0.8:8080'],
  },
  full: {
    name: 'search',
    hosts: ['search.example.com', '*.search.example.com'],
    paths: ['/'],
    algorithm: { name: 'header-hash', header: 'x-user' },
    backends: [
      { url: 'http://10.0.1.7:8080', weight: 3 },
      { url: 'http://10.0.1.8:8080', backup: true },
    ],
    health: { type: 'http', path: '/healthz', interval: '5s', timeout: '2s', rise: 2, fall: 3 },
    timeouts: { connect: '3s', response: '30s' },
    retries: { attempts: 2 },
    slowStart: '30s',
  },
};

export const BACKEND_EXAMPLES = {
  weighted: { url: 'http://10.0.0.9:8080', weight: 2 },
  address: 'http://10.0.0.9:8080',
};

export const TOKEN_EXAMPLES = {
  program: { name: 'ci-deploy', role: 'operator', expires: '90d' },
  person: { name: 'jane.doe', role: 'admin' },
};

export const BAN_EXAMPLES = {
  network: { cidr: '203.0.113.0/24', for: '1h', note: 'guesses passwords' },
  addresses: { cidr: ['198.51.100.7', '2001:db8:7::/64'], shadow: true },
};

export const BACKEND_PATCH_EXAMPLES = {
  drain: { state: 'draining' },
  enable: { state: 'enabled' },
  weight: { weight: 5 },
};

export const STATE_EXAMPLES = {
  merged: { services: [SERVICE_EXAMPLES.small] },
};
