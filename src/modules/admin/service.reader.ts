import { Injectable } from '@nestjs/common';
import {
  nearestKey,
  type BackendConfig,
  type ServiceConfig,
  type ServiceInput,
} from '../../common/config/index.js';
import { VelocityError } from '../../common/errors/index.js';
import { Answer } from './http/answer.js';
import type { BackendOutage } from '../outages/index.js';
import { backendTag, serviceTag, type RegistryView } from '../registry/index.js';
import { BackendHealthPort, OutagePort, RegistryPort, TrafficPort } from './ports.js';
import type { RawQuery } from './query.reader.js';
import { effectiveOf, type ServiceResource } from './resources/service.mapping.js';
import type { BackendResource } from './resources/service.resource.js';
import { servicePage } from './service.page.js';

/** Path parameters of a backend. */
export interface BackendPlace {
  readonly service: string;
  readonly id: string;
}

/** Shows services and backends: desired state beside live state. Unknown ones throw SERVICE_NOT_FOUND or BACKEND_NOT_FOUND. */
@Injectable()
export class ServiceReader {
  constructor(
    private readonly registry: RegistryPort,
    private readonly health: BackendHealthPort,
    private readonly traffic: TrafficPort,
    private readonly outages: OutagePort,
  ) {}

  list(query: RawQuery): Answer<{ items: readonly ServiceResource[]; next: string | null }> {
    const view = this.registry.current();
    const definitions = new Map(view.state.services.map((input) => [input.name, input]));
    const { services, next } = servicePage(view.services, query);
    const items = services.map((service) => this.resourceOf(service, definitions.get(service.name)!));
    return new Answer({ items, next }, { revision: view.revision.number });
  }

  get(name: string, view = this.registry.current()): Answer<ServiceResource> {
    const service = serviceIn(view, name);
    const definition = view.state.services.find((input) => input.name === name)!;
    const headers = { revision: view.revision.number, tag: serviceTag(definition) };
    return new Answer(this.resourceOf(service, definition), headers);
  }

  backends(name: string): Answer<{ items: readonly BackendResource[] }> {
    const view = this.registry.current();
    const service = serviceIn(view, name);
    const items = service.backends.map((backend) => this.backendResourceOf(service, backend));
    return new Answer({ items }, { revision: view.revision.number });
  }

  backend({ service: name, id }: BackendPlace, view = this.registry.current()): Answer<BackendResource> {
    const service = serviceIn(view, name);
    const backend = service.backends.find((candidate) => candidate.id === id);
    if (!backend) throw unknownBackend(service, id);
    const headers = { revision: view.revision.number, tag: tagOf(view, service, backend) };
    return new Answer(this.backendResourceOf(service, backend), headers);
  }

  private resourceOf(service: ServiceConfig, definition: ServiceInput): ServiceResource {
    return {
      name: service.name,
      definition,
      effective: effectiveOf(service),
      breaker: this.outages.breakerOf(service.name),
      backends: service.backends.map((backend) => this.backendResourceOf(service, backend)),
      queue: this.traffic.queueOf(service.name),
    };
  }

  private backendResourceOf(service: ServiceConfig, backend: BackendConfig): BackendResource {
    const health = this.health.statusOf(backend.id)?.health ?? 'unknown';
    const outage = this.outages.statusOf(backend.id);
    return {
      id: backend.id,
      service: service.name,
      url: backend.url,
      weight: backend.weight,
      backup: backend.backup,
      group: groupOf(service, backend.id),
      source: backend.source,
      state: backend.state,
      health,
      available: isAvailable(backend, health, outage),
      ejectedUntil: outage.ejectedUntil,
      breaker: outage.breaker,
      inFlight: this.traffic.inFlightOf(backend.id),
    };
  }
}

/** The group of a split service that a backend is in; null: the service is not split. */
function groupOf({ policies }: ServiceConfig, backendId: string): string | null {
  const { split } = policies.shaping;
  return split?.groups.find(({ backends }) => backends.includes(backendId))?.name ?? null;
}

/** Whether traffic may go there, as far as the control plane knows. */
export function isAvailable(
  backend: BackendConfig,
  health: BackendResource['health'],
  outage: BackendOutage,
): boolean {
  return backend.state === 'enabled' && health === 'healthy' && !outage.isOut;
}

/** Throws SERVICE_NOT_FOUND, naming the nearest service. */
export function serviceIn(view: RegistryView, name: string): ServiceConfig {
  const service = view.services.find((candidate) => candidate.name === name);
  if (service) return service;
  const nearest = nearestKey(
    name,
    view.services.map((candidate) => candidate.name),
  );
  const hint = nearest === null ? 'GET /api/v1/services lists them.' : `Did you mean ${nearest}?`;
  throw new VelocityError('SERVICE_NOT_FOUND', `There is no service ${name}. ${hint}`);
}

/** A resolved service has its backends in the order in which they are written. */
function tagOf(view: RegistryView, service: ServiceConfig, backend: BackendConfig): string {
  const definition = view.state.services.find((input) => input.name === service.name);
  return backendTag(definition!.backends![service.backends.indexOf(backend)]!);
}

function unknownBackend(service: ServiceConfig, id: string): VelocityError {
  return new VelocityError(
    'BACKEND_NOT_FOUND',
    `Service ${service.name} has no backend ${id}. GET /api/v1/services/${service.name}/backends lists them.`,
  );
}
