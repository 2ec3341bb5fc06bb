import { isDeepStrictEqual } from 'node:util';
import type { ServiceConfig } from '../../../common/config/index.js';
import type { DesiredState } from '../../registry/index.js';

/** Names of services that are new or run otherwise. */
export function touchedServices(
  before: readonly ServiceConfig[],
  after: readonly ServiceConfig[],
): readonly string[] {
  const old = new Map(before.map((service) => [service.name, service]));
  return after.filter((service) => old.get(service.name) !== service).map(({ name }) => name);
}

/** The same by what is written, where nothing of before runs any more: other defaults touch every service. */
export function touchedInputs(before: DesiredState, after: DesiredState): readonly string[] {
  const old = new Map(before.services.map((service) => [service.name, service]));
  const inheritsTheSame = isDeepStrictEqual(before.defaults, after.defaults);
  return after.services
    .filter((service) => !inheritsTheSame || !isDeepStrictEqual(old.get(service.name), service))
    .map(({ name }) => name);
}
