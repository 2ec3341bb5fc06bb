import type { DefaultsInput, ServiceInput } from '../../common/config/index.js';
import { VelocityError } from '../../common/errors/index.js';
import { CONCEALED, isSecretHeader } from '../../common/secrets/index.js';
import { EMPTY_STATE, type DesiredState } from './desired-state.js';

type Health = DefaultsInput['health'];

/**
 * Who may not see the secrets in headers of health checks reads `***` in their place, and may send back what he read:
 * it becomes the stored value again. `isWhole`: errors name the place in the whole state instead of that in the service.
 * Throws CONFIG_INVALID where nothing is stored. Shares what has none.
 */
export function withStoredSecrets(
  next: DesiredState,
  stored: DesiredState = EMPTY_STATE,
  isWhole = true,
): DesiredState {
  const defaults = revealed(next.defaults, stored.defaults, 'defaults.');
  const old = new Map(stored.services.map((service) => [service.name, service]));
  let isSame = defaults === next.defaults;
  const services = next.services.map((service, index) => {
    const before = old.get(service.name);
    if (service === before) return service;
    const after = revealed<Pick<ServiceInput, 'health'>>(
      service,
      before,
      isWhole ? `services[${index}].` : '',
    );
    isSame &&= after === service;
    return after as ServiceInput;
  });
  return isSame ? next : { ...next, defaults, services };
}

function revealed<T extends { health?: Health }>(next: T, stored: T | undefined, place: string): T {
  const headers = next.health?.headers;
  if (headers === undefined || !Object.entries(headers).some(isConcealed)) return next;
  const known = stored?.health?.headers ?? {};
  const values = Object.entries(headers).map(([name, value]): [string, string] =>
    isConcealed([name, value])
      ? [name, known[name] ?? refuse(`${place}health.headers.${name}`)]
      : [name, value],
  );
  return { ...next, health: { ...next.health, headers: Object.fromEntries(values) } };
}

function isConcealed([name, value]: [string, string]): boolean {
  return value === CONCEALED && isSecretHeader(name);
}

function refuse(path: string): never {
  const message = `${CONCEALED} stands for the value that is stored, and none is: write the value`;
  throw new VelocityError('CONFIG_INVALID', `${path}: ${message}`, { issues: [{ path, message }] });
}
