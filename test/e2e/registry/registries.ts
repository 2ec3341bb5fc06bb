import type { ServiceInput, StorageConfig } from '../../../src/common/config/index.js';
import {
  RegistryService,
  type DesiredState,
  type RegistryView,
} from '../../../src/modules/registry/index.js';
import type { StoreRetention } from '../../../src/modules/storage/index.js';
import { createStores, type Stores } from '../../support/stores.js';

/** A registry on stores of its own, as in one balancer. */
export interface Started {
  readonly registry: RegistryService;
  readonly stores: Stores;
  /** Each view that ran, in order. */
  readonly views: readonly RegistryView[];
}

/** Registries that end together. */
export class Registries {
  private readonly open: Started[] = [];

  async start(
    storage: StorageConfig,
    desired: DesiredState | null = null,
    retention: Partial<StoreRetention> = {},
  ): Promise<Started> {
    const stores = await createStores(storage, retention);
    const registry = new RegistryService(stores.registry, stores.connection);
    const views: RegistryView[] = [];
    const started = { registry, stores, views };
    this.track(started);
    registry.onChanged((view) => views.push(view));
    await registry.start(desired, 'velocity.yml');
    return started;
  }

  /** Ends one that was made otherwise with the others. */
  track(started: Started): void {
    this.open.push(started);
  }

  async end(): Promise<void> {
    for (const { registry, stores } of this.open.splice(0)) {
      registry.stop();
      await stores.close();
    }
  }
}

export const by = (author: string) => ({ author });
export const file = (...services: ServiceInput[]): DesiredState => ({
  trustedProxies: [],
  defaults: {},
  services,
});

/** The state as text: what "byte for byte" compares. */
export const textOf = (view: RegistryView) => JSON.stringify(view.state);

export const serviceNames = (view: RegistryView) => view.services.map((service) => service.name);

export function weights(view: RegistryView, name = 'shop'): Record<string, number> {
  const service = view.services.find((found) => found.name === name);
  return Object.fromEntries((service?.backends ?? []).map((backend) => [backend.url, backend.weight]));
}

export function idOf(view: RegistryView, url: string): string {
  const backends = view.services.flatMap((service) => service.backends);
  return backends.find((backend) => backend.url === url)?.id ?? '';
}
