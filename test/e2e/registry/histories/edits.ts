import * as fc from 'fast-check';
import type { BackendInput, BackendPatch, ServiceInput } from '../../../../src/common/config/index.js';
import type { DesiredState } from '../../../../src/modules/registry/index.js';

/** One edit, from the file or over the API. */
export type Edit =
  | { readonly kind: 'file'; readonly state: DesiredState }
  | { readonly kind: 'merge' | 'replace-all'; readonly state: DesiredState }
  | { readonly kind: 'create' | 'replace'; readonly service: ServiceInput }
  | { readonly kind: 'delete'; readonly name: string }
  | { readonly kind: 'add-backend'; readonly name: string; readonly backend: BackendInput }
  | {
      readonly kind: 'patch-backend';
      readonly name: string;
      readonly url: string;
      readonly patch: BackendPatch;
    }
  | { readonly kind: 'remove-backend'; readonly name: string; readonly url: string }
  /** To the revision that lies so many before the present one, or to the first. */
  | { readonly kind: 'rollback'; readonly back: number };

/** What becomes of the process at an edit. */
export type Fate =
  | { readonly kind: 'lives' }
  /** The store fails after so many steps of its commit; the process goes on and must find out what became of it. */
  | { readonly kind: 'loses-answer'; readonly steps: number }
  /** It dies after so many steps, and another one starts on what the store then holds. */
  | { readonly kind: 'dies'; readonly steps: number };

export interface Step {
  readonly edit: Edit;
  readonly fate: Fate;
}

const NAMES = ['a', 'b', 'c'] as const;
const URLS = ['http://10.0.0.1:80', 'http://10.0.0.2:80', 'http://10.0.0.3:80'] as const;

const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined, freq: 2 });
const name = fc.constantFrom(...NAMES);
const url = fc.constantFrom(...URLS);
const weight = fc.integer({ min: 1, max: 3 });
const state = fc.constantFrom('enabled', 'draining', 'disabled');

const timeouts = fc.record({
  connect: maybe(fc.constantFrom('1s', '2s')),
  response: maybe(fc.constantFrom('5s', '6s')),
});
const retries = fc.record({ attempts: fc.integer({ min: 0, max: 2 }) });
const algorithm = fc.constantFrom(
  'random',
  { name: 'header-hash', header: 'X-User' } as const,
  {
    name: 'header-hash',
    header: 'X-Team',
  } as const,
);

const backend = fc
  .record({ url, weight: maybe(weight), state: maybe(state), backup: maybe(fc.constant(false)) })
  .map((value) => written<BackendInput>(value));
const backends = fc.uniqueArray(backend, { maxLength: 3, selector: (item) => item.url });

const service = (names: fc.Arbitrary<string>) =>
  fc
    .record({
      name: names,
      second: fc.boolean(),
      algorithm: maybe(algorithm),
      timeouts: maybe(timeouts),
      retries: maybe(retries),
      slowStart: maybe(fc.constantFrom('5s', 'off')),
      backends,
    })
    .map(({ second, ...rest }) => {
      const hosts = [`${rest.name}.test`, ...(second ? [`${rest.name}2.test`] : [])];
      return written<ServiceInput>({ ...rest, hosts });
    });

export const desired = fc
  .record({
    trustedProxies: fc.subarray(['10.0.0.0/8', '192.0.2.1']),
    blocklist: maybe(fc.subarray(['203.0.113.0/24', '2001:db8::/32'], { minLength: 1 })),
    defaults: fc.record({ timeouts: maybe(timeouts), retries: maybe(retries) }),
    services: fc.uniqueArray(service(name), { maxLength: 3, selector: (item) => item.name }),
  })
  .map((value): DesiredState => ({
    ...written<DesiredState>(value),
    defaults: written(value.defaults),
  }));

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('file'), state: desired }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('merge', 'replace-all'), state: desired }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('create', 'replace'), service: service(name) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete'), name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('add-backend'), name, backend }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('patch-backend'),
      name,
      url,
      patch: fc.record({ weight, state: maybe(state) }).map((value) => written<BackendPatch>(value)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove-backend'), name, url }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rollback'), back: fc.nat({ max: 5 }) }) },
);

const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Fate>({ kind: 'lives' }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('loses-answer', 'dies'), steps: fc.nat({ max: 14 }) }),
  },
);

/** The file as it is at the start, and what happens then. */
export const history = fc.record({
  file: desired,
  steps: fc.array(fc.record({ edit, fate }), { minLength: 1, maxLength: 8 }),
});

/** As JSON gives it back: without absent keys. Empty records go too, because they say nothing. */
function written<T>(value: unknown): T {
  return JSON.parse(
    JSON.stringify(value, (key, child: unknown) => (key !== '' && isEmptyRecord(child) ? undefined : child)),
  ) as T;
}

function isEmptyRecord(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((child) => child === undefined);
}
