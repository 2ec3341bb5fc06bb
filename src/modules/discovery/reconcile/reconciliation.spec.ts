import { expect, it } from 'vitest';
import { parseDesiredBody, validateDesired, type ServiceInput } from '../../../common/config/index.js';
import { canonicalState, withBackendChanges, type DesiredState } from '../../registry/index.js';
import type { FoundBackend, FoundService } from '../found.js';
import {
  type Fitness,
  NO_MEMORY,
  type ReconcileInput,
  type ReconcilePlan,
  type SourceState,
} from './plan.js';
import { reconcile } from './reconciliation.js';

const A = 'http://10.0.0.1:80';
const B = 'http://10.0.0.2:80';

function stateOf(...services: ServiceInput[]): DesiredState {
  return canonicalState(parseDesiredBody({ services }) as DesiredState);
}

function shop(...backends: NonNullable<ServiceInput['backends']>): DesiredState {
  return stateOf({ name: 'shop', backends });
}

function found(url: string, settings: object = {}, service = 'shop'): FoundBackend {
  return { service, backend: { url, ...settings }, place: `place of ${url}` };
}

function source(name: string, backends: readonly FoundBackend[] | null, more: Partial<SourceState> = {}) {
  const findings = backends === null ? null : { backends, services: [], problems: [] };
  return { name, service: null, findings, ...more } satisfies SourceState;
}

/** A registry that takes every plan at once, and a reconciler that looks at it. */
class Scene {
  last!: ReconcilePlan;
  now = 1_000;
  drained = true;
  isWriter = true;
  refusal = '';
  fitness: Fitness = 'available';

  constructor(
    public state: DesiredState,
    public memory = NO_MEMORY,
  ) {}

  /** One look, whose plan is stored; its kinds. */
  look(...sources: SourceState[]): readonly string[] {
    const input: ReconcileInput = {
      sources,
      view: { state: this.state, services: validateDesired(this.state) },
      memory: this.memory,
      isWriter: this.isWriter,
      now: this.now,
      fitnessOf: () => this.fitness,
      isDrained: () => this.drained,
      refusalOf: () => this.refusal,
    };
    this.last = reconcile(input);
    this.memory = this.last.memory;
    if (this.isWriter)
      this.state = withBackendChanges(
        this.state,
        this.last.units.flatMap(({ changes }) => changes),
      );
    return this.last.units.map(({ kind }) => kind);
  }

  backends(service = 'shop') {
    return this.state.services.find(({ name }) => name === service)?.backends ?? [];
  }

  /** As over the API. */
  set(url: string, settings: object): void {
    this.state = stateOf(
      ...this.state.services.map((service) => ({
        ...service,
        backends: (service.backends ?? []).map((one) => (one.url === url ? { ...one, ...settings } : one)),
      })),
    );
  }

  statuses() {
    return this.last.outcomes.map(({ url, status }) => [url, status]);
  }
}

it('adds what is found, once, with its source', () => {
  const scene = new Scene(shop());
  const dns = source('dns:shop', [found(A), found(B, { weight: 3, backup: true })]);
  expect(scene.look(dns)).toEqual(['found', 'found']);
  expect(scene.backends()).toEqual([
    { url: A, source: 'dns:shop' },
    { url: B, weight: 3, backup: true, source: 'dns:shop' },
  ]);
  expect(scene.look(dns)).toEqual([]);
  expect(scene.statuses()).toEqual([
    [A, 'added'],
    [B, 'added'],
  ]);
});

it('drains what vanished, removes it when nothing runs there, and enables what is found again', () => {
  const scene = new Scene(shop());
  const both = source('dns:shop', [found(A), found(B)]);
  const one = source('dns:shop', [found(A)]);
  scene.look(both);
  scene.drained = false;
  expect(scene.look(one)).toEqual(['lost']);
  expect(scene.backends()[1]).toEqual({ url: B, source: 'dns:shop', state: 'draining' });
  expect(scene.look(one)).toEqual([]);
  expect(scene.last.isDraining).toBe(true);
  expect(scene.statuses()).toContainEqual([B, 'draining']);
  expect(scene.look(both)).toEqual(['returned']);
  expect(scene.backends()[1]).toEqual({ url: B, source: 'dns:shop', state: 'enabled' });
  expect(scene.look(both)).toEqual([]);
  scene.look(one);
  scene.drained = true;
  expect(scene.look(one)).toEqual(['removed']);
  expect(scene.backends()).toHaveLength(1);
  expect(scene.look(one)).toEqual([]);
  expect(scene.last.isDraining).toBe(false);
});

it('counts from when it began to drain', () => {
  const scene = new Scene(shop({ url: A, source: 'docker' }));
  const since: number[] = [];
  const look = () =>
    reconcile({
      sources: [source('docker', [])],
      view: { state: scene.state, services: validateDesired(scene.state) },
      memory: scene.memory,
      isWriter: true,
      now: (scene.now += 100),
      fitnessOf: () => 'available',
      isDrained: (_backend, ms) => since.push(ms) > 9,
      refusalOf: () => '',
    });
  scene.memory = look().memory;
  scene.set(A, { state: 'draining' });
  scene.memory = look().memory;
  look();
  // Not since it was lost at 1,100: it may have served for a while longer.
  expect(since).toEqual([1_200, 1_200]);
});

it('leaves alone what is typed in or scaling’s, and shows the conflict', () => {
  const scene = new Scene(shop({ url: A, weight: 5 }, { url: B, source: 'scaling' }));
  const before = scene.state;
  expect(scene.look(source('dns:shop', [found(A, { weight: 1 }), found(B)]))).toEqual([]);
  expect(scene.look(source('dns:shop', []))).toEqual([]);
  expect(scene.state).toBe(before);
  scene.look(source('dns:shop', [found('http://10.0.0.1/', { weight: 1 })]));
  expect(scene.last.outcomes).toMatchObject([
    { url: A, status: 'conflict', detail: expect.stringContaining('typed in') as string },
  ]);
});

it('takes the first of two sources, and moves the backend to the other when the first loses it', () => {
  const scene = new Scene(shop());
  const dns = source('dns:shop', [found(A, { weight: 2 })]);
  const file = source('file:a.yml', [found(A, { weight: 7 })]);
  expect(scene.look(dns, file)).toEqual(['found']);
  expect(scene.look(file, dns)).toEqual([]);
  expect(scene.last.outcomes).toMatchObject([
    { source: 'dns:shop', status: 'added' },
    { source: 'file:a.yml', status: 'conflict', detail: expect.stringContaining('dns:shop') as string },
  ]);
  expect(scene.look(source('dns:shop', []), file)).toEqual(['moved']);
  expect(scene.backends()).toEqual([{ url: A, weight: 7, source: 'file:a.yml' }]);
  expect(scene.look(source('dns:shop', []), file)).toEqual([]);
});

it('patches what changed in the finding and nothing that the operator changed', () => {
  const scene = new Scene(shop());
  const says = (settings: object) => source('dns:shop', [found(A, settings)]);
  scene.look(says({ weight: 2 }));
  scene.look(says({ weight: 2 }));
  scene.set(A, { weight: 9, state: 'draining' });
  expect(scene.look(says({ weight: 2 }))).toEqual([]);
  expect(scene.statuses()).toEqual([[A, 'draining']]);
  expect(scene.look(says({ weight: 2, backup: true }))).toEqual(['changed']);
  expect(scene.backends()[0]).toMatchObject({ weight: 9, backup: true, state: 'draining' });
  scene.look(says({ weight: 2, backup: true }));
  expect(scene.look(says({ weight: 4 }))).toEqual(['changed']);
  expect(scene.backends()[0]).toEqual({ url: A, weight: 4, state: 'draining', source: 'dns:shop' });
});

it('at a start applies what the source says in so many words, and keeps what it does not mention', () => {
  const stored = shop(
    { url: A, weight: 9, source: 'file:a.yml' },
    { url: B, weight: 9, source: 'file:a.yml' },
  );
  const file = source('file:a.yml', [found(A, { weight: 2 }), found(B)]);
  const writer = new Scene(stored);
  expect(writer.look(file)).toEqual(['changed']);
  expect(writer.backends().map(({ weight }) => weight)).toEqual([2, 9]);
  const other = new Scene(stored);
  other.isWriter = false;
  other.look(file);
  other.isWriter = true;
  expect(other.look(file)).toEqual([]);
});

it('leaves alone what a source brought that has not answered, and takes away what none brings any more', () => {
  const scene = new Scene(
    shop(
      { url: A, source: 'dns:shop' },
      { url: B, source: 'docker' },
      { url: 'http://10.0.0.3:80', source: 'mine' },
    ),
  );
  expect(scene.look(source('dns:shop', null, { service: 'shop' }))).toEqual(['lost']);
  expect(scene.look(source('dns:shop', null, { service: 'shop' }))).toEqual(['removed']);
  expect(scene.backends().map(({ url }) => url)).toEqual([A, 'http://10.0.0.3:80']);
  expect(scene.look(source('dns:shop', [], { service: 'other' }))).toEqual(['lost']);
});

it('waits for all entries of one name', () => {
  const scene = new Scene(shop({ url: A, source: 'dns:shop' }));
  expect(scene.look(source('dns:shop', []), source('dns:shop', null))).toEqual([]);
  expect(scene.look(source('dns:shop', []), source('dns:shop', [found(A)]))).toEqual([]);
  expect(scene.look(source('dns:shop', []), source('dns:shop', []))).toEqual(['lost']);
});

it('keeps findings for a service that is not there, and adds them when it comes', () => {
  const scene = new Scene(stateOf());
  const docker = source('docker', [found(A)]);
  expect(scene.look(docker)).toEqual([]);
  expect(scene.last.outcomes).toMatchObject([{ status: 'refused', detail: 'there is no service shop' }]);
  scene.state = shop();
  expect(scene.look(docker)).toEqual(['found']);
});

it('makes a service that labels describe, and never changes one that is there', () => {
  const described: FoundService = {
    name: 'blog',
    hosts: ['blog.test'],
    paths: ['/'],
    place: 'container blog-1',
  };
  const docker: SourceState = {
    name: 'docker',
    service: null,
    findings: { backends: [found(A, {}, 'blog')], services: [described], problems: [] },
  };
  const scene = new Scene(shop());
  expect(scene.look(docker)).toEqual(['service', 'found']);
  expect(scene.state.services[1]).toEqual({
    name: 'blog',
    hosts: ['blog.test'],
    paths: ['/'],
    backends: [{ url: A, source: 'docker' }],
  });
  const typed = new Scene(stateOf({ name: 'blog', hosts: ['other.test'] }));
  expect(typed.look(docker)).toEqual(['found']);
  expect(typed.state.services[0]?.hosts).toEqual(['other.test']);
  const refused = new Scene(shop());
  refused.refusal = 'shop has these hosts already';
  expect(refused.look(docker)).toEqual([]);
  expect(refused.last.outcomes).toMatchObject([
    { status: 'refused', detail: 'shop has these hosts already' },
  ]);
});

it('refuses what is invalid or found twice', () => {
  const scene = new Scene(shop());
  scene.look(source('docker', [found('ftp://x'), found(A, { weight: 5_000 }), found(B), found(`${B}/`)]));
  expect(scene.statuses()).toEqual([
    [B, 'refused'],
    ['ftp://x', 'refused'],
    [A, 'refused'],
    [B, 'refused'],
  ]);
  expect(scene.backends()).toEqual([{ url: B, source: 'docker' }]);
});

it('keeps what vanished serving until what came can take over, but not for long', () => {
  const scene = new Scene(shop({ url: A, source: 'docker' }));
  const other = source('docker', [found(B)]);
  scene.fitness = 'undecided';
  expect(scene.look(other)).toEqual(['found']);
  expect(scene.look(other)).toEqual([]);
  expect(scene.statuses()).toEqual([
    [B, 'added'],
    [A, 'draining'],
  ]);
  expect(scene.last.isDraining).toBe(true);
  scene.fitness = 'available';
  expect(scene.look(other)).toEqual(['lost']);
  const late = new Scene(shop({ url: A, source: 'docker' }));
  late.fitness = 'out';
  late.look(other);
  late.now += 9_999;
  expect(late.look(other)).toEqual([]);
  late.now += 1;
  expect(late.look(other)).toEqual(['lost']);
  const empty = new Scene(shop({ url: A, source: 'docker' }));
  empty.fitness = 'undecided';
  expect(empty.look(source('docker', []))).toEqual(['lost']);
});
