import { expect, it } from 'vitest';
import { parseDesiredBody, validateDesired } from '../../../common/config/index.js';
import { VelocityError } from '../../../common/errors/index.js';
import {
  type BackendChange,
  canonicalState,
  type Change,
  type DesiredState,
  refusalOfChanges,
  type RegistryView,
  withBackendChanges,
} from '../../registry/index.js';
import { ChangeWriter } from './change.writer.js';
import type { ChangeUnit } from './plan.js';

/** Takes what is valid, as the registry does. */
class Registry {
  readonly revisions: Change[] = [];
  isAway = false;
  private state: DesiredState = canonicalState(
    parseDesiredBody({
      services: [{ name: 'shop', split: { groups: { a: 1, b: 1 } }, backends: [] }],
    }) as DesiredState,
  );

  current(): RegistryView {
    const { state } = this;
    return { state, services: validateDesired(state) } as unknown as RegistryView;
  }

  changeBackends(changes: readonly BackendChange[], change: Change): Promise<RegistryView> {
    if (this.isAway) return Promise.reject(new VelocityError('STORE_UNAVAILABLE', 'away'));
    const reason = refusalOfChanges(this.current(), changes);
    if (reason !== '') return Promise.reject(new VelocityError('CONFIG_INVALID', reason));
    this.state = withBackendChanges(this.state, changes);
    this.revisions.push(change);
    return Promise.resolve(this.current());
  }

  get count(): number {
    return this.state.services[0]!.backends!.length;
  }
}

function unit(port: number, group = 'a'): ChangeUnit {
  const url = `http://10.0.0.1:${port}`;
  const backend = { url, group, source: 'docker' };
  const changes: BackendChange[] = [{ kind: 'add', service: 'shop', backend }];
  return {
    kind: 'found',
    source: 'docker',
    service: 'shop',
    url,
    backend: null,
    place: 'here',
    settings: null,
    changes,
  };
}

it('stores all as one revision that says what', async () => {
  const registry = new Registry();
  const units = Array.from({ length: 7 }, (_, index) => unit(8_000 + index));
  expect(await new ChangeWriter(registry).write(units)).toEqual({
    done: units,
    refused: [],
    isPartial: false,
  });
  expect(registry.count).toBe(7);
  const subjects = units.slice(0, 5).map(({ url }) => `${url} of shop (here)`);
  expect(registry.revisions).toEqual([
    { origin: 'discovery', author: 'docker', note: `found ${subjects.join(', ')} and 2 more` },
  ]);
});

it('leaves out what the rest of the state refuses, and stores the others all the same', async () => {
  const registry = new Registry();
  const units = Array.from({ length: 40 }, (_, index) => unit(8_000 + index, index % 13 === 5 ? 'x' : 'a'));
  const { done, refused } = await new ChangeWriter(registry).write(units);
  expect(refused.map(({ unit: one }) => units.indexOf(one))).toEqual([5, 18, 31]);
  expect(refused[0]!.reason).toContain('no group of split');
  expect(done).toHaveLength(37);
  expect(registry.count).toBe(37);
  expect(registry.revisions).toHaveLength(1);
});

it('looks for a few culprits at a time, and for the others when it is asked again', async () => {
  const registry = new Registry();
  const writer = new ChangeWriter(registry);
  const units = Array.from({ length: 60 }, (_, index) => unit(8_000 + index, index < 30 ? 'x' : 'a'));
  const first = await writer.write(units);
  expect(first).toMatchObject({ done: [], isPartial: true });
  expect(first.refused.map(({ unit: one }) => one)).toEqual(units.slice(0, 20));
  const second = await writer.write(units.slice(20));
  expect(second).toMatchObject({ done: units.slice(30), isPartial: false });
  expect(second.refused).toHaveLength(10);
});

it('rejects when the store is away', async () => {
  const registry = new Registry();
  registry.isAway = true;
  await expect(new ChangeWriter(registry).write([unit(1)])).rejects.toThrow('away');
});
