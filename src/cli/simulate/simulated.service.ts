import { parse } from 'yaml';
import {
  loadConfigFile,
  nearestKey,
  parseConfigText,
  type ScalingConfig,
  type ServiceConfig,
  type ServiceInput,
} from '../../common/config/index.js';
import { backendLimit } from '../../common/config/resolve/policies/queue.resolver.js';
import { milliseconds } from '../../common/config/units/duration.js';
import { isVelocityError, type VelocityError } from '../../common/errors/index.js';
import type { ServiceResource } from '../../modules/admin/resources/service.mapping.js';
import type { ServiceModel } from '../../modules/autoscaling/simulation/index.js';
import { ROUTES } from '../admin/admin.routes.js';
import { CommandFailure, usageFailure } from '../command.failure.js';
import { ExitCode } from '../exit-code.js';
import type { Session } from '../session.js';
import type { SimulateFlags } from './simulate.flags.js';

/** A service as it is simulated. */
export interface SimulatedService {
  /** null: described by options only. */
  readonly name: string | null;
  readonly settings: ScalingConfig;
  readonly model: ServiceModel;
}

/** What is known of a service, before the options change it. */
interface KnownService {
  readonly name: string | null;
  /** As written: `scaling`, and what else a decision or the model needs. */
  readonly written: Partial<ServiceInput>;
  readonly queue: ServiceModel['queue'];
  /** 0: any number. */
  readonly maxInFlight: number;
}

const OPTIONS_ONLY: KnownService = {
  name: null,
  written: {},
  queue: { size: null, timeoutMs: null, holdMs: null },
  maxInFlight: 0,
};

/** From a file, from a running balancer, or of options alone, which change what the other two say. */
export async function readService(session: Session, flags: SimulateFlags): Promise<SimulatedService> {
  const known = await knownService(session, flags);
  const settings = settingsOf(known, flags);
  const maxInFlight = flags.maxInFlight ?? known.maxInFlight;
  return {
    name: known.name,
    settings,
    model: {
      serviceMs: Math.max(1, milliseconds(flags.serviceTime)),
      startMs: milliseconds(flags.startTime),
      maxInFlight: maxInFlight === 0 ? null : maxInFlight,
      queue: { ...known.queue, size: flags.queueSize ?? known.queue.size },
    },
  };
}

async function knownService(session: Session, { config, service }: SimulateFlags): Promise<KnownService> {
  if (config !== undefined) return serviceOfFile(session, config, service);
  return service === undefined ? OPTIONS_ONLY : serviceOfBalancer(session, service);
}

async function serviceOfFile(
  { streams }: Session,
  file: string,
  wanted: string | undefined,
): Promise<KnownService> {
  const { config, input } = await loadConfigFile(file, streams.env).catch((error: unknown) => {
    if (!isVelocityError(error)) throw error;
    if (error.code === 'CONFIG_UNREADABLE') throw invalid(error.message, { code: error.code, issues: [] });
    throw invalid(`${file} is not valid.`, error);
  });
  const scaled = config.services.filter(({ scaling }) => scaling !== null);
  const name = wanted ?? (scaled.length === 1 ? scaled[0]!.name : undefined);
  if (name === undefined) {
    const names = scaled.map((one) => one.name);
    const which = names.length === 0 ? 'no service with scaling' : `${names.length} services with scaling`;
    throw usageFailure(`${file} has ${which}: name one with --service.`, names);
  }
  const resolved = config.services.find((one) => one.name === name);
  const written = input.services?.find((one) => one.name === name);
  if (resolved === undefined || written === undefined) {
    const names = config.services.map((one) => one.name);
    const near = nearestKey(name, names);
    throw usageFailure(
      `${file} has no service ${JSON.stringify(name)}${near === null ? '' : `: did you mean ${near}?`}`,
      near === null ? names : [],
    );
  }
  return {
    name,
    written,
    queue: queueOf(resolved.policies.queue),
    maxInFlight: backendLimit(undefined, written, input.defaults ?? {}),
  };
}

async function serviceOfBalancer({ client }: Session, name: string): Promise<KnownService> {
  const { definition, effective } = await client.get<ServiceResource>(ROUTES.service(name));
  return {
    name,
    written: definition,
    queue: queueOf(effective.policies.queue),
    maxInFlight: backendLimit(undefined, definition, {}),
  };
}

type Queue = Pick<NonNullable<ServiceConfig['policies']['queue']>, 'size' | 'timeoutMs' | 'holdMs'>;

/** Without a queue nobody waits for long. */
function queueOf(queue: Queue | null | undefined): ServiceModel['queue'] {
  return queue ? { size: queue.size, timeoutMs: queue.timeoutMs, holdMs: queue.holdMs } : NO_QUEUE;
}

const NO_QUEUE: ServiceModel['queue'] = { size: 0, timeoutMs: 0, holdMs: 0 };
const DRIVERS = ['process', 'docker', 'kubernetes', 'webhook'] as const;
/** Nothing is started: any driver will do, and one that knows the CPU refuses no target. */
const STAND_IN = { process: { command: 'simulated', ports: '1024-65535' } };

/** Judged by the schema of the configuration, so that what holds here holds there. */
function settingsOf({ name, written }: KnownService, flags: SimulateFlags): ScalingConfig {
  const isDescribed = flags.min !== undefined || flags.max !== undefined || flags.target !== undefined;
  if (written.scaling === undefined && !isDescribed) {
    const whose = name === null ? 'Nothing says how the service scales' : `Service ${name} has no scaling`;
    throw usageFailure(`${whose}: name a service that has it, or write --min, --max or --target.`, [
      'velocity simulate --step 10,100,10 --load inFlight --target inFlight=20',
    ]);
  }
  const scaling: Record<string, unknown> = structuredClone({ ...written.scaling });
  for (const driver of DRIVERS) delete scaling[driver];
  Object.assign(scaling, STAND_IN);
  for (const key of ['min', 'max'] as const) if (flags[key] !== undefined) scaling[key] = flags[key];
  for (const text of flags.target ?? []) put(scaling, text, { option: '--target', below: ['targets'] });
  for (const text of flags.set ?? []) put(scaling, text, { option: '--set', below: [] });
  // What never sleeps has no use for it, and what is tried here may be just that.
  if (flags.min !== undefined && flags.min > 0) delete scaling['idle'];
  // The rules between the keys look at the queue; whether one exists is a question of the model here.
  const services = [{ name: name ?? 'simulated', maxInFlightPerBackend: 1, queue: { size: 100 }, scaling }];
  const text = JSON.stringify({ drivers: { process: {} }, services });
  try {
    return parseConfigText(text, 'options', {}).config.services[0]!.scaling!;
  } catch (error) {
    throw isVelocityError(error) ? invalid('The settings are not valid.', withoutPlaces(error)) : error;
  }
}

/** `down.stabilisation=1m`: the value is YAML, as in the file. */
function put(
  scaling: Record<string, unknown>,
  text: string,
  { option, below }: { option: string; below: readonly string[] },
): void {
  const [, path, value] = /^([a-zA-Z0-9.]+)=(.+)$/.exec(text) ?? [];
  if (path === undefined || value === undefined) {
    const example = option === '--target' ? 'inFlight=20' : 'down.stabilisation=1m';
    throw usageFailure(`${option} takes a key and a value, such as ${example}; not ${JSON.stringify(text)}.`);
  }
  const keys = [...below, ...path.split('.')];
  const last = keys.pop()!;
  let place = scaling;
  for (const key of keys) {
    const next = place[key];
    const child = typeof next === 'object' && next !== null ? { ...next } : {};
    place[key] = child;
    place = child as Record<string, unknown>;
  }
  place[last] = parsedValue(value);
}

function parsedValue(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The file that these lines are of was never written. */
function withoutPlaces({ code, issues }: VelocityError): Pick<VelocityError, 'code' | 'issues'> {
  const own = issues.map(({ path, message }) => ({
    path: path.replace(/^services\[0\]\.scaling\.?/, ''),
    message,
  }));
  return { code, issues: own };
}

export function invalid(
  message: string,
  { code, issues }: Pick<VelocityError, 'code' | 'issues'>,
): CommandFailure {
  return new CommandFailure(message, { exitCode: ExitCode.invalid, code, issues });
}
