import { pathText, type ConfigIssue, type ConfigPath } from '../issues/config-issue.js';
import { serviceNameFrom } from '../schema/service-name.schema.js';

type Keys = Record<string, unknown>;

/** Names of algorithms in the older configuration, folded to lower case. */
const LEGACY_ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['roundrobin', 'round-robin'],
  ['leastconnections', 'least-connections'],
]);

/** Older keys of the root, whose newer ones only a start reads. */
export const LEGACY_START_KEYS: ReadonlySet<string> = new Set(['api_port', 'listen_port']);

/**
 * Translates the keys of the older configuration into those of today: `api_port`, `listen_port`, and in a service
 * `domain`, `targetURLs`, `algorythm`. Changes the plain data that it is given.
 */
export class LegacyKeys {
  /** One for each older key, at that key. */
  readonly notices: ConfigIssue[] = [];
  /** An older key next to the new one that it became. */
  readonly conflicts: ConfigIssue[] = [];
  /** New path, as JSON text, to the path that was written. */
  private readonly origins = new Map<string, ConfigPath>();

  translate(root: unknown): void {
    if (!isObject(root)) return;
    this.adminPort(root);
    this.listenPort(root);
    if (!Array.isArray(root['services'])) return;
    const taken = new Set(
      root['services'].map((service) => (isObject(service) ? service['name'] : undefined)),
    );
    root['services'].forEach((service: unknown, index) => {
      if (isObject(service)) this.service(service, ['services', index], taken);
    });
  }

  /** The path as it was written in the file. */
  written(path: ConfigPath): ConfigPath {
    for (let length = path.length; length > 0; length--) {
      const origin = this.origins.get(JSON.stringify(path.slice(0, length)));
      if (origin) return [...origin, ...path.slice(length)];
    }
    return path;
  }

  private adminPort(root: Keys): void {
    if (!Object.hasOwn(root, 'api_port')) return;
    const admin = root['admin'] ?? {};
    if (!isObject(admin) || Object.hasOwn(admin, 'port'))
      return this.conflict(root, ['api_port'], 'admin.port');
    this.moved(['api_port'], ['admin', 'port'], 'admin.port');
    root['admin'] = { ...admin, port: root['api_port'] };
    delete root['api_port'];
  }

  private listenPort(root: Keys): void {
    if (!Object.hasOwn(root, 'listen_port')) return;
    if (Object.hasOwn(root, 'listeners')) return this.conflict(root, ['listen_port'], 'listeners[0].port');
    this.moved(['listen_port'], ['listeners', 0, 'port'], 'listeners[0].port');
    root['listeners'] = [{ port: root['listen_port'] }];
    delete root['listen_port'];
  }

  private service(service: Keys, base: ConfigPath, taken: Set<unknown>): void {
    this.rename(service, base, ['domain', 'hosts', asList]);
    this.rename(service, base, ['targetURLs', 'backends', (value) => value]);
    this.rename(service, base, ['algorythm', 'algorithm', algorithmName]);
    if (service['name'] === undefined && this.origins.has(JSON.stringify([...base, 'hosts']))) {
      this.name(service, base, taken);
    }
  }

  private rename(service: Keys, base: ConfigPath, rule: [string, string, (value: unknown) => unknown]): void {
    const [older, newer, convert] = rule;
    if (!Object.hasOwn(service, older)) return;
    const path = [...base, older];
    if (Object.hasOwn(service, newer)) return this.conflict(service, path, newer);
    const wasList = Array.isArray(service[older]);
    service[newer] = convert(service[older]);
    delete service[older];
    this.moved(path, [...base, newer], newer);
    if (!wasList && Array.isArray(service[newer]))
      this.origins.set(JSON.stringify([...base, newer, 0]), path);
  }

  /** Older services had no name: this one is made from the domain, the same at each start. */
  private name(service: Keys, base: ConfigPath, taken: Set<unknown>): void {
    const first: unknown = Array.isArray(service['hosts']) ? service['hosts'][0] : '';
    const stem = serviceNameFrom(typeof first === 'string' ? first : '') || 'service';
    let name = stem;
    for (let count = 2; taken.has(name); count++) name = `${stem.slice(0, 58)}-${count}`;
    taken.add(name);
    service['name'] = name;
    this.origins.set(JSON.stringify([...base, 'name']), [...base, 'domain']);
    this.notices.push({
      path: base,
      message: `has no name, so it is called "${name}" after its domain: write \`name\``,
    });
  }

  private moved(older: ConfigPath, newer: ConfigPath, name: string): void {
    this.origins.set(JSON.stringify(newer), older);
    this.notices.push({
      path: older,
      message: `is the older name of \`${name}\`: write that instead`,
      atKey: true,
    });
  }

  private conflict(owner: Keys, path: ConfigPath, newer: string): void {
    delete owner[String(path.at(-1))];
    const message = `is the older name of \`${newer}\`, which is set too: remove \`${pathText(path.slice(-1))}\``;
    this.conflicts.push({ path, message, atKey: true });
  }
}

function asList(value: unknown): unknown {
  return typeof value === 'string' ? [value] : value;
}

function algorithmName(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return LEGACY_ALGORITHMS.get(value.toLowerCase().replaceAll(/[-_ ]/g, '')) ?? value;
}

function isObject(value: unknown): value is Keys {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
