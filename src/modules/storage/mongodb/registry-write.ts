import { mongo } from 'mongoose';
import { backendId, normalisedBackendUrl, type BackendInput } from '../../../common/config/index.js';
import {
  settingsOf,
  type RegistryCommit,
  type RevisionContent,
  type StoredRegistry,
} from '../../registry/index.js';
import { settingsDifference, upsertedServices } from '../stored-difference.js';
import { appliedFileDocument } from './applied-file.document.js';
import type {
  AppliedFileDocument,
  BackendDocument,
  RegistryDocument,
  RevisionContentDocument,
  RevisionDocument,
  ServiceDocument,
} from './documents.js';

/**
 * What a commit changes, document by document. Doing it twice is the same as doing it once, so that a write which was
 * cut off can be done again from the start.
 */
export interface RegistryWrite {
  readonly expected: number;
  readonly registry: RegistryDocument;
  /** undefined: unchanged. */
  readonly appliedFile?: AppliedFileDocument;
  readonly revision: RevisionDocument;
  readonly contents: readonly RevisionContentDocument[];
  readonly services: readonly ServiceDocument[];
  readonly backends: readonly BackendDocument[];
  /** Services to remove, with their backends. */
  readonly removed: readonly string[];
  /** By service: the ids it keeps; other backends of it go. */
  readonly kept: readonly { readonly service: string; readonly ids: readonly string[] }[];
}

/**
 * `known` is what this process last read or wrote: unchanged backends of it are left out, unless somebody else wrote
 * in between (another revision number).
 */
export function registryWrite(commit: RegistryCommit, known: StoredRegistry | null): RegistryWrite {
  const { revision, state, affinitySecret, guard, chain, appliedFile } = commit.next;
  const { number, time, ...rest } = revision;
  const differs = settingsDifference(commit, known);
  const services = upsertedServices(commit);
  const trusted = commit.expected === 0 || known?.revision.number === commit.expected;
  const before = new Map(
    (trusted && known !== null ? known.state.services : []).map((found) => [
      found.name,
      found.backends ?? [],
    ]),
  );
  const mayHoldOthers = (name: string) => !trusted || before.has(name);
  return {
    expected: commit.expected,
    registry: {
      _id: 'registry',
      revision: number,
      affinitySecret,
      guard,
      chain,
      ...settingsOf(state),
      order: state.services.map((service) => service.name),
    },
    ...(differs.appliedFile ? { appliedFile: appliedFileDocument(appliedFile) } : {}),
    revision: { _id: number, time: new Date(time), ...rest },
    contents: contentDocuments(commit.content),
    services: services.map(({ name, backends: _backends, ...settings }) => ({ _id: name, ...settings })),
    backends: services.flatMap((service) =>
      changedBackends(service.name, service.backends ?? [], before.get(service.name) ?? []),
    ),
    removed: commit.removed,
    kept: services
      .filter((service) => mayHoldOthers(service.name))
      .map((service) => ({
        service: service.name,
        ids: (service.backends ?? []).map((backend) => identityOf(service.name, backend)),
      })),
  };
}

export interface RegistryCollections {
  readonly services: mongo.Collection<ServiceDocument>;
  readonly backends: mongo.Collection<BackendDocument>;
  readonly revisions: mongo.Collection<RevisionDocument>;
  readonly contents: mongo.Collection<RevisionContentDocument>;
  readonly meta: mongo.Collection<{ _id: string }>;
}

/** Everything but the guard: services, backends, the applied file and the revision. */
export function writeSteps(
  write: RegistryWrite,
  collections: RegistryCollections,
  options: { readonly session?: mongo.ClientSession },
): (() => Promise<unknown>)[] {
  const { services, backends, revisions, contents, meta } = collections;
  const bulk = { ...options, ordered: false };
  const steps: (() => Promise<unknown>)[] = [
    () => revisions.replaceOne({ _id: write.revision._id }, write.revision, { ...options, upsert: true }),
  ];
  if (write.contents.length > 0) steps.push(() => contents.bulkWrite(write.contents.map(replacement), bulk));
  if (write.removed.length > 0) {
    const names = [...write.removed];
    steps.push(() => services.deleteMany({ _id: { $in: names } }, options));
    steps.push(() => backends.deleteMany({ service: { $in: names } }, options));
  }
  if (write.kept.length > 0) {
    const gone = write.kept.map(({ service, ids }) => ({
      deleteMany: { filter: { service, _id: { $nin: [...ids] } } },
    }));
    steps.push(() => backends.bulkWrite(gone, bulk));
  }
  if (write.services.length > 0) {
    steps.push(() => services.bulkWrite(write.services.map(replacement), bulk));
  }
  if (write.backends.length > 0) steps.push(() => backends.bulkWrite(write.backends.map(replacement), bulk));
  if (write.appliedFile !== undefined) {
    const document = write.appliedFile;
    steps.push(() => meta.replaceOne({ _id: 'appliedFile' }, document, { ...options, upsert: true }));
  }
  return steps;
}

function replacement<T extends { readonly _id: string }>(document: T) {
  return { replaceOne: { filter: { _id: document._id }, replacement: document, upsert: true } } as never;
}

function contentDocuments(content: RevisionContent): readonly RevisionContentDocument[] {
  const { number, format, start, digest, parts } = content;
  return parts.map((data, part) => ({
    _id: `${number}.${part}`,
    number,
    part,
    format,
    start,
    digest,
    data: new mongo.Binary(data),
  }));
}

function changedBackends(
  service: string,
  backends: readonly BackendInput[],
  before: readonly BackendInput[],
): BackendDocument[] {
  return backends.flatMap((backend, position) =>
    before[position] === backend
      ? []
      : [{ _id: identityOf(service, backend), service, position, ...backend }],
  );
}

function identityOf(service: string, backend: BackendInput): string {
  return backendId(service, normalisedBackendUrl(backend.url) ?? backend.url);
}
