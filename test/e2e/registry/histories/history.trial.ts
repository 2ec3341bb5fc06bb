import { expect } from 'vitest';
import { backendId } from '../../../../src/common/config/index.js';
import {
  EMPTY_STATE,
  RegistryService,
  type DesiredState,
  type RegistryView,
} from '../../../../src/modules/registry/index.js';
import type { Stores } from '../../../support/stores.js';
import type { Edit, Fate, Step } from './edits.js';
import { MortalStore } from './mortal.store.js';
import { api, meaningOf, threeWay } from './reference.model.js';

/** What the rule says is stored. */
interface Expected {
  readonly state: DesiredState;
  readonly applied: DesiredState;
}

const CHANGE = { author: 'ann' } as const;
const REFUSALS = ['SERVICE_NOT_FOUND', 'SERVICE_EXISTS', 'BACKEND_NOT_FOUND', 'BACKEND_EXISTS'];

/** One history on an empty store, held against the reference after each of its steps. */
export class HistoryTrial {
  /** What each revision held when it was made, as far as a process lived to see it. */
  private readonly texts = new Map<number, string>();
  private process!: { readonly registry: RegistryService; readonly store: MortalStore };
  /** More than one: an edit of the file runs, and whether it is stored already only the store knows. */
  private possible: readonly Expected[];

  constructor(
    private readonly stores: Stores,
    private file: DesiredState,
  ) {
    this.possible = [{ state: file, applied: file }];
  }

  async run(steps: readonly Step[]): Promise<void> {
    await this.startProcess();
    this.check();
    for (const { edit, fate } of steps) await this.step(edit, fate);
    await this.settle();
    await this.checkHistory();
    this.process.store.kill();
    this.process.registry.stop();
  }

  private async step(edit: Edit, fate: Fate): Promise<void> {
    if (edit.kind !== 'file' && this.possible.length > 1) await this.settle();
    const { registry, store } = this.process;
    const next = this.possible.map((expected) => this.after(expected, edit));
    const done = next.filter((expected) => expected !== null);
    if (edit.kind === 'file') this.file = edit.state;
    if (fate.kind !== 'lives') store.nextCommit = fate.steps;
    const code = await this.attempt(edit);
    const wasCut = fate.kind !== 'lives' && store.nextCommit === null;
    store.nextCommit = null;
    if (fate.kind === 'dies') {
      store.kill();
      registry.stop();
      await this.startProcess();
      // Whether the commit was done, only the store knows; that the file is merged, the start sees to.
      return this.checkStored([...this.possible, ...done].map((expected) => this.withFile(expected)));
    }
    if (!wasCut) {
      expect(code).toEqual(done.length === 0 ? expect.stringMatching(REFUSALS.join('|')) : '');
      return this.checkStored(done.length === 0 ? this.possible : done);
    }
    expect(code).toBe(edit.kind === 'file' ? '' : 'STORE_UNAVAILABLE');
    if (edit.kind === 'file') {
      this.check(done);
      this.possible = [...this.possible, ...done];
    } else {
      await this.settle([...this.possible, ...done]);
    }
  }

  /** Answers the code of the error; empty: it is done. */
  private async attempt(edit: Edit): Promise<string> {
    try {
      await this.make(edit);
      return '';
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    }
  }

  private make(edit: Edit): Promise<unknown> {
    const { registry } = this.process;
    switch (edit.kind) {
      case 'file':
        return registry.applyFile(edit.state, 'velocity.yml');
      case 'merge':
        return registry.apply(edit.state, { mode: 'merge' }, CHANGE);
      case 'replace-all':
        return registry.apply(edit.state, { mode: 'replace' }, CHANGE);
      case 'create':
        return registry.createService(edit.service, CHANGE);
      case 'replace':
        return registry.replaceService(edit.service.name, edit.service, CHANGE);
      case 'delete':
        return registry.deleteService(edit.name, CHANGE);
      case 'add-backend':
        return registry.addBackend(edit.name, edit.backend, CHANGE);
      case 'patch-backend':
        return registry.patchBackend(edit.name, backendId(edit.name, edit.url), edit.patch, CHANGE);
      case 'remove-backend':
        return registry.removeBackend(edit.name, backendId(edit.name, edit.url), CHANGE);
      case 'rollback':
        return registry.rollback(this.target(edit.back), CHANGE);
    }
  }

  /** What the rule says; null: it must be refused. */
  private after({ state, applied }: Expected, edit: Edit): Expected | null {
    switch (edit.kind) {
      case 'file':
      case 'merge':
        return { state: threeWay(applied, state, edit.state), applied: edit.state };
      case 'replace-all':
        return { state: edit.state, applied };
      case 'rollback':
        return {
          state: JSON.parse(this.texts.get(this.target(edit.back)) as string) as DesiredState,
          applied,
        };
      default: {
        const changed = afterCall(state, edit);
        return changed === null ? null : { state: changed, applied };
      }
    }
  }

  private target(back: number): number {
    const known = [...this.texts.keys()].toSorted((a, b) => b - a);
    return known[Math.min(back, known.length - 1)] as number;
  }

  private withFile({ state, applied }: Expected): Expected {
    return { state: threeWay(applied, state, this.file), applied: this.file };
  }

  private async startProcess(): Promise<void> {
    const store = MortalStore.on(this.stores);
    const registry = new RegistryService(store, store.connection);
    this.process = { registry, store };
    await registry.start(this.file, 'velocity.yml');
    expect(registry.status()).toEqual({ reconciled: true, problem: '' });
    this.remember(registry.current());
  }

  /** Afterwards the process knows what is stored, and the file is. */
  private async settle(possible = this.possible): Promise<void> {
    await this.process.registry.preview({ desired: EMPTY_STATE, mode: 'replace' });
    expect(this.process.registry.status()).toEqual({ reconciled: true, problem: '' });
    await this.checkStored(
      possible.length === 1 ? possible : [...possible, ...possible.map((one) => this.withFile(one))],
    );
  }

  /** It runs on one of these. */
  private check(possible = this.possible): void {
    const view = this.process.registry.current();
    expect(possible.map(({ state }) => JSON.stringify(meaningOf(state)))).toContain(
      JSON.stringify(meaningOf(view.state)),
    );
    if (view.persisted) this.remember(view);
  }

  /** The store holds one of these, and the process runs on it. */
  private async checkStored(possible: readonly Expected[]): Promise<void> {
    const { registry } = this.process;
    const stored = await MortalStore.on(this.stores).load();
    expect(JSON.stringify(stored?.state)).toBe(JSON.stringify(registry.current().state));
    const found = meaningOfBoth({ state: stored!.state, applied: stored!.appliedFile! });
    expect(possible.map(meaningOfBoth)).toContain(found);
    this.possible = possible.filter((expected) => meaningOfBoth(expected) === found).slice(0, 1);
    this.remember(registry.current());
  }

  /** Every revision is there and holds what it held; each can be brought back byte for byte. */
  private async checkHistory(): Promise<void> {
    const { registry } = this.process;
    const numbers = (await registry.revisions(1_000)).map(({ number }) => number);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => numbers.length - index));
    for (const number of numbers) {
      const text = JSON.stringify(await registry.stateAt(number));
      expect(text).toBe(this.texts.get(number) ?? text);
      expect(JSON.stringify((await registry.rollback(number, CHANGE)).state)).toBe(text);
    }
    const stored = await MortalStore.on(this.stores).load();
    expect(JSON.stringify(stored?.state)).toBe(JSON.stringify(registry.current().state));
  }

  private remember({ revision, state }: RegistryView): void {
    const text = JSON.stringify(state);
    expect(this.texts.get(revision.number) ?? text).toBe(text);
    this.texts.set(revision.number, text);
  }
}

function afterCall(
  state: DesiredState,
  edit: Exclude<Edit, { kind: 'file' | 'merge' | 'replace-all' | 'rollback' }>,
): DesiredState | null {
  switch (edit.kind) {
    case 'create':
      return api.create(state, edit.service);
    case 'replace':
      return api.replace(state, edit.service);
    case 'delete':
      return api.remove(state, edit.name);
    case 'add-backend':
      return api.addBackend(state, edit.name, edit.backend);
    case 'patch-backend':
      return api.patchBackend(state, edit.name, edit.url, edit.patch);
    case 'remove-backend':
      return api.removeBackend(state, edit.name, edit.url);
  }
}

function meaningOfBoth({ state, applied }: Expected): string {
  return JSON.stringify([meaningOf(state), meaningOf(applied)]);
}
