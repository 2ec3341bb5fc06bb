import type { ServiceConfig } from '../../common/config/index.js';
import type { ServiceSnapshot, Snapshot } from '../../common/contract/index.js';

/** One service as published: what workers see, beside the full configuration with defaults filled in. */
export interface PublishedService {
  readonly config: ServiceConfig;
  readonly snapshot: ServiceSnapshot;
}

/** What runs now. */
export interface Publication {
  /** Number of the registry's revision. */
  readonly revision: number;
  readonly snapshot: Snapshot;
  readonly services: readonly PublishedService[];
}

/** Tells what runs, and when that changes. Listeners run in order of registration, before the workers get the snapshot. */
export interface PublicationSource {
  current(): Publication | null;
  onPublished(listener: (publication: Publication) => void): void;
}

export const PUBLICATION_SOURCE = Symbol('PublicationSource');
