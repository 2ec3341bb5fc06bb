import type { DefaultsInput, ScalingInput } from '../../common/config/index.js';
import { VelocityError } from '../../common/errors/index.js';
import { CONCEALED, isSecretHeader, isSecretName } from '../../common/secrets/index.js';
import { EMPTY_STATE, type DesiredState } from './desired-state.js';

/** What may hold secrets of a service, or of the defaults. */
interface Holder {
  readonly health?: DefaultsInput['health'];
  readonly scaling?: ScalingInput;
}

/** Drivers whose copies are started with variables. */
const WITH_VARIABLES = ['process', 'docker'] as const;

/**
 * Who may not see the secrets in headers of health checks, in variables and of webhooks reads `***` in their place, and
 * may send back what he read: it becomes the stored value again. `isWhole`: errors name the place in the whole state
 * instead of that in the service. Throws CONFIG_INVALID where nothing is stored. Shares what has none.
 */
export function withStoredSecrets(
  next: DesiredState,
  stored: DesiredState = EMPTY_STATE,
  isWhole = true,
): DesiredState {
  const defaults = revealed<DesiredState['defaults']>(next.defaults, stored.defaults, 'defaults.');
  const old = new Map(stored.services.map((service) => [service.name, service]));
  let isSame = defaults === next.defaults;
  const services = next.services.map((service, index) => {
    const before = old.get(service.name);
    if (service === before) return service;
    const after = revealed(service, before, isWhole ? `services[${index}].` : '');
    isSame &&= after === service;
    return after;
  });
  return isSame ? next : { ...next, defaults, services };
}

function revealed<T extends Holder>(next: T, stored: Holder | undefined, place: string): T {
  const health = withStoredHeaders(next.health, stored?.health, `${place}health.`);
  const scaling = withStoredVariables(next.scaling, stored?.scaling, `${place}scaling.`);
  const isSame = health === next.health && scaling === next.scaling;
  return isSame ? next : { ...next, ...(health && { health }), ...(scaling && { scaling }) };
}

function withStoredHeaders(next: Holder['health'], stored: Holder['health'], place: string) {
  if (next?.headers === undefined) return next;
  const headers = values(next.headers, stored?.headers, {
    isSecret: isSecretHeader,
    place: `${place}headers.`,
  });
  return headers === next.headers ? next : { ...next, headers };
}

function withStoredVariables(next: Holder['scaling'], stored: Holder['scaling'], place: string) {
  let scaling = next;
  for (const driver of WITH_VARIABLES) {
    const settings = scaling?.[driver];
    if (settings?.env === undefined) continue;
    const env = values(settings.env, stored?.[driver]?.env, {
      isSecret: isSecretName,
      place: `${place}${driver}.env.`,
    });
    if (env !== settings.env) scaling = { ...scaling, [driver]: { ...settings, env } };
  }
  const webhook = scaling?.webhook;
  if (webhook?.secret !== CONCEALED) return scaling;
  const secret = stored?.webhook?.secret ?? refuse(`${place}webhook.secret`);
  return { ...scaling, webhook: { ...webhook, secret } };
}

interface Values {
  readonly isSecret: (name: string) => boolean;
  /** Of the values, up to their names. */
  readonly place: string;
}

function values(
  next: Readonly<Record<string, string>>,
  known: Readonly<Record<string, string>> = {},
  { isSecret, place }: Values,
): Record<string, string> {
  const isConcealed = (name: string) => next[name] === CONCEALED && isSecret(name);
  if (!Object.keys(next).some(isConcealed)) return next;
  return Object.fromEntries(
    Object.entries(next).map(([name, value]) => [
      name,
      isConcealed(name) ? (known[name] ?? refuse(place + name)) : value,
    ]),
  );
}

function refuse(path: string): never {
  const message = `${CONCEALED} stands for the value that is stored, and none is: write the value`;
  throw new VelocityError('CONFIG_INVALID', `${path}: ${message}`, { issues: [{ path, message }] });
}
