import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { configOf, Stage, STEADY_HEALTH } from '../../support/balanced.js';
import type { BalancerProcess } from '../../support/balancer-process.js';

/*
 * Secrets with a mark are put wherever one can be put, by intent and by mistake; then everything that comes out, for
 * whoever may not see them, is searched for the mark.
 */
const MARK = 'MARKED';
let marks = 0;
/** As long and as plain as a real one: no rule may know it by its looks. */
const secret = () => `${MARK}${String(marks++).padStart(3, '0')}Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4`;

const escaped = (value: string) =>
  Array.from(value, (character) => `%${character.charCodeAt(0).toString(16)}`).join('');

const stage = new Stage();
const outputs = new Map<string, string>();
const hidden = {
  headerOfFile: secret(),
  headerOfDefaults: secret(),
  headerOfApi: secret(),
  variable: secret(),
  webhook: secret(),
};
let balancer: BalancerProcess;
let config: (more?: object) => object;
/** Secrets that were made at random. */
const random: string[] = [];
const tokens: Record<'viewer' | 'operator' | 'admin', string> = { viewer: '', operator: '', admin: '' };

async function call(method: string, target: string, options: CallOptions = {}): Promise<string> {
  const { token = balancer.token, body, headers = {} } = options;
  const outgoing = request(new URL(balancer.adminUrl), {
    agent: false,
    method,
    path: target,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
  });
  outgoing.end(typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(outgoing, 'response')) as [import('node:http').IncomingMessage];
  return `${response.statusCode} ${response.rawHeaders.join(' ')} ${await text(response)}`;
}

interface CallOptions {
  readonly token?: string | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls, and keeps the answer to be searched. */
async function spoken(method: string, target: string, options: CallOptions = {}): Promise<string> {
  const answer = await call(method, target, options);
  outputs.set(
    `${outputs.size} ${method} ${target.slice(0, 80)} ${JSON.stringify(options.body ?? '').slice(0, 80)}`,
    answer,
  );
  return answer;
}

async function traffic(target: string, headers: Record<string, string>): Promise<void> {
  const outgoing = request({
    agent: false,
    host: '127.0.0.1',
    port: balancer.trafficPort,
    path: target,
    headers,
  });
  outgoing.end();
  const [response] = (await once(outgoing, 'response')) as [import('node:http').IncomingMessage];
  await text(response);
}

/** Every spelling of a secret in a query that a reader would take for one. */
function spelled(): string[] {
  return [
    `token=${secret()}`,
    `TOKEN=${secret()}`,
    `a=1&To%6Ben=${secret()}`,
    `%74%6f%6b%65%6e=${secret()}`,
    `to%256ben=${secret()}`,
    `access_token=${secret()}&b=2`,
    `a=1;api-key=${secret()}`,
    `password=${secret()}`,
    `X-Amz-Signature=${secret()}`,
    `token=${escaped(secret())}${secret()}`,
    `next=${encodeURIComponent(`/docs?token=${secret()}`)}`,
    `next=${encodeURIComponent(encodeURIComponent(`/docs?a=b&token=${secret()}`))}`,
    `q=${tokens.admin}`,
    `q=${escaped(tokens.admin)}`,
  ];
}

beforeAll(async () => {
  const backend = await stage.backend();
  config = (more = {}) =>
    configOf(
      [
        {
          name: 'shop',
          hosts: ['shop.test'],
          algorithm: 'sticky-round-robin',
          backends: [backend.url],
          health: { ...STEADY_HEALTH, headers: { 'X-Api-Key': hidden.headerOfFile } },
        },
        {
          name: 'processes',
          hosts: ['processes.test'],
          queue: { size: 10, hold: '1s' },
          scaling: {
            process: { command: 'node', ports: '9200-9209', env: { DB_PASSWORD: hidden.variable } },
            min: 0,
          },
        },
        {
          name: 'elsewhere',
          hosts: ['elsewhere.test'],
          queue: { size: 10, hold: '1s' },
          scaling: { webhook: { url: 'http://127.0.0.1:9/', secret: hidden.webhook }, min: 0 },
        },
      ],
      {
        drivers: { process: {}, webhook: {} },
        log: { format: 'json', level: 'trace' },
        defaults: {
          health: { ...STEADY_HEALTH, headers: { authorization: `Bearer ${hidden.headerOfDefaults}` } },
        },
        ...more,
      },
    );
  balancer = await stage.balancer(config());
  random.push(balancer.token);
  for (const role of ['viewer', 'operator', 'admin'] as const) {
    const answer = await call('POST', '/api/v1/tokens', { body: { name: `${role}-1`, role } });
    tokens[role] = /"token":"([^"]+)"/.exec(answer)![1]!;
    random.push(tokens[role].slice(-43));
  }
  const database = new DatabaseSync(path.join(balancer.dir, 'data/velocity.db'), { readOnly: true });
  const row = database.prepare("SELECT value FROM meta WHERE key = 'affinitySecret'").get()!;
  random.push(JSON.parse(String(row['value'])) as string);
  database.close();
  await putIntoUrls();
  await putIntoHeaders();
  await putIntoDefinitions();
  await putIntoFile();
}, 240_000);

/** Into URLs of the admin API and of traffic, in many spellings. */
async function putIntoUrls(): Promise<void> {
  for (const query of spelled()) {
    await spoken('GET', `/api/v1/services?${query}`);
    await spoken('POST', `/api/v1/services?${query}`, { token: tokens.operator, body: {} });
    await spoken('GET', `/docs?${query}`, { token: null });
    await spoken('GET', `/no/such/page?${query}`);
    await traffic(`/path?${query}`, {
      host: 'shop.test',
      referer: `https://user:${secret()}@a.test/?${query}`,
    });
    await traffic(`/path?${query}`, { host: 'nobody.test' });
  }
  const paths = [`/api/v1/tokens/${tokens.admin}`, `/api/v1/services/${tokens.admin}`, `/${tokens.admin}`];
  for (const target of paths) {
    for (const method of ['GET', 'DELETE', 'PUT', 'PATCH']) await spoken(method, target, { body: {} });
    await spoken('GET', target.replace(tokens.admin, escaped(tokens.admin)));
  }
}

/** Into headers. */
async function putIntoHeaders(): Promise<void> {
  for (const value of [`Bearer ${secret()}`, `Basic ${secret()}`, secret(), `Bearer ${tokens.admin}x`]) {
    await spoken('GET', '/api/v1/status', { token: null, headers: { authorization: value } });
    await spoken('DELETE', '/api/v1/services/nope', { token: null, headers: { authorization: value } });
    await traffic('/', {
      host: 'shop.test',
      authorization: value,
      cookie: `session=${value}; lb=${value}`,
    });
  }
  await spoken('GET', '/api/v1/status', {
    headers: { cookie: `token=${secret()}`, 'x-api-key': secret() },
  });
}

/** Into the definition of a service, where they belong and where they do not. */
async function putIntoDefinitions(): Promise<void> {
  const service = (headers: object) => ({
    name: 'api',
    hosts: ['api.test'],
    health: { type: 'http', headers },
  });
  await spoken('POST', '/api/v1/services', {
    token: tokens.operator,
    body: service({ authorization: hidden.headerOfApi }),
  });
  await spoken('PUT', '/api/v1/services/api', {
    token: tokens.operator,
    body: service({ authorization: '***', 'X-Secret': secret() }),
  });
  const bodies = [
    service({ authorization: 12_345 }),
    service({ authorization: [secret()] }),
    service({ authorization: { value: secret() } }),
    service({ authorization: `${secret()}\n` }),
    { ...service({}), health: { type: 'http', headers: `authorization: ${secret()}` } },
    { ...service({}), health: { type: 'tcp', headers: { authorization: secret() } } },
    { ...service({}), backends: [`http://user:${secret()}@10.0.0.1:80`] },
    { ...service({}), backends: [`http://user:${secret()}/x@10.0.0.1:80`] },
    { ...service({}), backends: [`http://user:${secret()}#x@10.0.0.1:80`] },
    { ...service({}), backends: [`http://user%3A${secret()}%4010.0.0.1:80`] },
    { ...service({}), backends: [{ url: `http://${secret()}@10.0.0.1` }] },
    { ...service({}), backends: [`http://10.0.0.1:80/?token=${secret()}`] },
    { ...service({}), scaling: { webhook: secret() } },
    {
      ...service({}),
      scaling: { webhook: { url: `https://user:${secret()}@scaler.test/`, secret: secret().slice(0, 15) } },
    },
    { ...service({}), scaling: { webhook: { url: 'https://scaler.test/', secret: [secret()] } } },
    { ...service({}), scaling: { process: { command: 'node', ports: 9200, env: `TOKEN=${secret()}` } } },
    { ...service({}), scaling: { process: { command: 'node', ports: 9200, env: { TOKEN: [secret()] } } } },
    {
      ...service({}),
      scaling: { process: { command: 'node', ports: 9200, env: { TOKEN: `${secret()}\0` } } },
    },
  ];
  for (const body of bodies) {
    await spoken('PUT', '/api/v1/services/api', { body });
    await spoken('POST', '/api/v1/services', {
      body: { ...body, name: 'another', hosts: ['another.test'] },
    });
  }
  await spoken('POST', '/api/v1/services/api/backends', { body: `http://user:${secret()}@10.0.0.1:80` });
  await spoken('POST', '/api/v1/services', { body: `{"name":"api","token":"${secret()}"` });
  await spoken('POST', '/api/v1/tokens', {
    body: { name: `vel_${'0'.repeat(12)}_${secret()}`, role: 'admin' },
  });
  const said = encodeURIComponent(`with ${tokens.admin}, Bearer ${secret()}`);
  await spoken('POST', `/api/v1/services?note=${said}`, {
    token: tokens.operator,
    body: { name: 'noted', hosts: ['noted.test'] },
  });
  await spoken('DELETE', `/api/v1/services/nope?note=${encodeURIComponent(`because of ${tokens.admin}`)}`);
}

/** Into edits of the file that do not hold. */
async function putIntoFile(): Promise<void> {
  const uri = `mongodb://user:${secret()}@db.test/velocity`;
  const edits = [
    JSON.stringify(config({ storage: { driver: 'mongodb', uri: `${uri}?x=1`, databse: 'x' } })),
    JSON.stringify(config({ storage: { driver: 'mongodb', uri: `mongo://user:${secret()}@db.test` } })),
    JSON.stringify(config({ storage: { driver: 'mongodb', uri: [uri] } })),
    JSON.stringify(config({ storage: uri })),
    JSON.stringify(config({ services: [{ name: 'shop', backends: [`http://user:${secret()}@a.test`] }] })),
    JSON.stringify(
      config({ defaults: { health: { headers: { authorization: 12_345, cookie: [secret()] } } } }),
    ),
    `storage: { driver: mongodb, uri: "${uri}\nservices: [`,
    `storage:\n  uri: ${uri}\n driver: mongodb\n`,
    `services:\n  - name: shop\n    health:\n      headers: { authorization: ${secret()}, authorization: ${secret()} }\n`,
    `admin: { tls: { cert: ${uri}, key: "\${MARKED_UNSET_VARIABLE}" } }`,
  ];
  for (const [index, edit] of edits.entries()) {
    const before = balancer.log.length;
    writeFileSync(balancer.configPath, edit);
    await balancer.logged(
      (line) => balancer.log.indexOf(line) >= before && /refused|applied/.test(line.msg ?? ''),
      30_000,
    );
    outputs.set(`validate ${index}`, await validated(balancer.configPath));
    await spoken('GET', '/api/v1/status');
    await spoken('GET', '/health/ready', { token: null });
  }
  const changed = JSON.stringify(config()).replaceAll(hidden.headerOfFile, secret());
  const before = balancer.log.length;
  writeFileSync(balancer.configPath, changed);
  await balancer.logged(
    (line) => balancer.log.indexOf(line) >= before && /applied/.test(line.msg ?? ''),
    30_000,
  );
}

/** What `velocity validate` prints. */
async function validated(file: string): Promise<string> {
  const entry = path.resolve(import.meta.dirname, '../../../dist/main.js');
  const child = spawn(process.execPath, [entry, 'validate', file]);
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return out + error;
}

describe('secrets do not come out', () => {
  /** The name of an unset variable is no secret. */
  const found = (output: string) =>
    output
      .replaceAll('MARKED_UNSET_VARIABLE', '')
      .split(/(?=MARKED)/i)
      .slice(1)
      .map((rest) => rest.slice(0, 20))
      .concat(random.filter((value) => output.includes(value)));

  it('in answers to what was sent', () => {
    expect(outputs.size).toBeGreaterThan(100);
    const leaks = [...outputs].map(([what, output]) => ({ what, found: found(output), output }));
    expect(leaks.filter(({ found }) => found.length > 0)).toEqual([]);
  });

  it.each(['viewer', 'operator'] as const)('in any page that a %s can read', async (role) => {
    const document = JSON.parse((await call('GET', '/docs-json', { token: null })).replace(/^[^{]*/, '')) as {
      paths: Record<string, { get?: object }>;
    };
    // Streams do not end; what they send is what the other pages show.
    const pages = Object.entries(document.paths).flatMap(([target, { get }]) =>
      get && !target.startsWith('/api/v1/events/') ? [target] : [],
    );
    expect(pages.length).toBeGreaterThan(12);
    for (const page of pages) {
      for (const name of ['shop', 'api']) {
        const target = page.replace('{name}', name).replace(/\{\w+\}/, '1');
        for (const accept of ['application/json', 'application/yaml']) {
          const answer = await call('GET', `${target}`, { token: tokens[role], headers: { accept } });
          expect(found(answer), `${target} ${accept}`).toEqual([]);
        }
      }
    }
  });

  it('in what an admin reads, but for the definitions', async () => {
    for (const page of [
      '/api/v1/audit-logs?limit=1000',
      '/api/v1/access-logs?limit=1000',
      '/api/v1/health-logs?limit=1000',
      '/api/v1/scaling-logs?limit=1000',
      '/api/v1/revisions?limit=1000',
      '/api/v1/tokens',
      '/api/v1/whoami',
      '/api/v1/status',
      '/metrics',
    ]) {
      expect(found(await call('GET', page)), page).toEqual([]);
    }
    expect(await call('GET', '/api/v1/services/api')).toContain(hidden.headerOfApi);
    expect(await call('GET', '/api/v1/config')).toContain(hidden.headerOfDefaults);
    expect(await call('GET', '/api/v1/services/processes')).toContain(hidden.variable);
    expect(await call('GET', '/api/v1/services/elsewhere')).toContain(hidden.webhook);
  });

  it('in the log', () => {
    expect(balancer.log.length).toBeGreaterThan(200);
    expect(found(balancer.printLog())).toEqual([]);
  });

  it('in the store, but for the definitions, and tokens not even there', async () => {
    await balancer.stop();
    const data = path.join(balancer.dir, 'data');
    const database = new DatabaseSync(path.join(data, 'velocity.db'));
    for (const table of ['health_logs', 'audit_logs', 'revisions', 'tokens']) {
      const rows = database.prepare(`SELECT * FROM ${table}`).all();
      expect(rows.length, table).toBeGreaterThan(0);
      expect(found(JSON.stringify(rows)), table).toEqual([]);
    }
    database.close();
    const secrets = Object.values(tokens).map((token) => token.slice(-43));
    const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    for (const { parentPath, name } of files) {
      const bytes = readFileSync(path.join(parentPath, name));
      for (const value of secrets) expect(bytes.includes(value), name).toBe(false);
    }
    // Records of exchanges stand in it as texts, whole.
    const accessLog = readFileSync(path.join(data, 'velocity-access.db'), 'latin1');
    expect(accessLog).toContain('GET');
    expect(found(accessLog)).toEqual([]);
  });
});

it('a password in storage.uri is neither logged nor answered while that store is away', async () => {
  const password = `${secret()}%40x`;
  const uri = `mongodb://user:${password}@127.0.0.1:1/velocity?authSource=admin`;
  const away = await stage.balancer(
    configOf([], { storage: { driver: 'mongodb', uri }, log: { format: 'json', level: 'trace' } }),
  );
  const answers = await Promise.all(
    ['/api/v1/status', '/health/ready', '/api/v1/config', '/api/v1/revisions', '/api/v1/tokens'].map(
      async (page) => JSON.stringify((await away.api('GET', page)).body),
    ),
  );
  await away.stop();
  expect(answers.join()).toContain('MongoDB cannot be used');
  expect(`${answers.join()} ${away.printLog()}`).not.toMatch(/MARKED/);
});
