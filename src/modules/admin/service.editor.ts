import { Injectable } from '@nestjs/common';
import { parseBackendInput, parseBackendPatch, parseServiceInput } from '../../common/config/index.js';
import { VelocityError } from '../../common/errors/index.js';
import type { Change, RegistryView } from '../registry/index.js';
import { Answer } from './http/answer.js';
import { OutagePort, RegistryPort } from './ports.js';
import { PublicationWaiter } from './publication.waiter.js';
import type { ServiceResource } from './resources/service.mapping.js';
import type { BackendResource } from './resources/service.resource.js';
import { type BackendPlace, ServiceReader } from './service.reader.js';

/**
 * Takes changes over the API: body parsed, change stored, then answered with the resource as it runs. A change that is stored but does not run within 5 s rejects with WORKER_FAILED, saying so.
 */
@Injectable()
export class ServiceEditor {
  constructor(
    private readonly registry: RegistryPort,
    private readonly reader: ServiceReader,
    private readonly publication: PublicationWaiter,
    private readonly outages: OutagePort,
  ) {}

  async create(body: unknown, change: Change): Promise<Answer<ServiceResource>> {
    const input = parseServiceInput(body);
    const view = await this.running(this.registry.createService(input, change));
    const { body: resource, headers } = this.reader.get(input.name, view);
    return new Answer(resource, { ...headers, location: `/api/v1/services/${input.name}` });
  }

  async replace(name: string, body: unknown, change: Change): Promise<Answer<ServiceResource>> {
    const input = parseServiceInput(named(name, body));
    const view = await this.running(this.registry.replaceService(name, input, change));
    return this.reader.get(name, view);
  }

  async remove(name: string, change: Change): Promise<Answer<undefined>> {
    return gone(await this.running(this.registry.deleteService(name, change)));
  }

  async addBackend(service: string, body: unknown, change: Change): Promise<Answer<BackendResource>> {
    const id = await this.registry.addBackend(service, parseBackendInput(body), change);
    const view = await this.running(this.registry.current());
    const { body: resource, headers } = this.reader.backend({ service, id }, view);
    return new Answer(resource, { ...headers, location: `/api/v1/services/${service}/backends/${id}` });
  }

  async changeBackend(place: BackendPlace, body: unknown, change: Change): Promise<Answer<BackendResource>> {
    const patch = parseBackendPatch(body);
    const view = await this.running(this.registry.patchBackend(place.service, place.id, patch, change));
    return this.reader.backend(place, view);
  }

  /** Changes nothing that is stored: only what live traffic did to the backend is undone. */
  returnBackend(place: BackendPlace): Answer<BackendResource> {
    this.reader.backend(place);
    this.outages.restore(place.id);
    return this.reader.backend(place);
  }

  /** The same for a service: its breaker, and all of its backends. */
  returnService(name: string): Answer<ServiceResource> {
    this.reader.get(name);
    this.outages.restoreService(name);
    return this.reader.get(name);
  }

  async removeBackend(place: BackendPlace, change: Change): Promise<Answer<undefined>> {
    return gone(await this.running(this.registry.removeBackend(place.service, place.id, change)));
  }

  /** Resolves with the view when what was just stored runs. */
  private async running(stored: RegistryView | Promise<RegistryView>): Promise<RegistryView> {
    const view = await stored;
    await this.publication.published(view.revision.number);
    return view;
  }
}

function gone(view: RegistryView): Answer<undefined> {
  return new Answer(undefined, { revision: view.revision.number });
}

/** The name of a service is its identity: the path gives it, and a body may repeat it but not change it. */
function named(name: string, body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  if (!('name' in body)) return { name, ...body };
  if (body.name === name) return body;
  const message = `must be "${name}", as in the path: a service cannot be renamed, create another one and delete this one`;
  throw new VelocityError('CONFIG_INVALID', `name ${message}.`, { issues: [{ path: 'name', message }] });
}
