import { isDeepStrictEqual } from 'node:util';
import {
  DRIVER_NAMES,
  type DriversConfig,
  type ScalingInput,
  type ServiceInput,
} from '../../common/config/index.js';
import { type ErrorIssue, VelocityError } from '../../common/errors/index.js';
import { EMPTY_STATE, type DesiredState } from './desired-state.js';
import type { Proposal, Propose } from './proposals.js';

/**
 * Proposes the same, unless it has a service scaled with a driver that this balancer was started without: then it throws
 * CONFIG_INVALID, with the path in the whole state, or in the service where that is all that changes. What is stored
 * already, as a balancer with that driver may have stored it, stays.
 */
export function withoutUnknownDrivers(propose: Propose, drivers: DriversConfig | null): Propose {
  return async (stored) => {
    const proposal = await propose(stored);
    // A guarded change that failed is taken back whatever was there before.
    if (proposal.guard !== 'lift') refuseUnknown(stored?.state ?? EMPTY_STATE, proposal, drivers);
    return proposal;
  };
}

function refuseUnknown(before: DesiredState, { state, kind }: Proposal, drivers: DriversConfig | null): void {
  const old = new Map(before.services.map((service) => [service.name, service]));
  const issues = state.services.flatMap((service, index): ErrorIssue[] => {
    const stored = old.get(service.name);
    if (service === stored) return [];
    const place = kind === 'edit' ? '' : `services[${index}].`;
    return unknownDriver(stored, service, drivers).map((issue) => ({ ...issue, path: place + issue.path }));
  });
  const [first] = issues;
  if (first === undefined) return;
  throw new VelocityError('CONFIG_INVALID', `${first.path}: ${first.message}`, { issues });
}

function unknownDriver(
  stored: ServiceInput | undefined,
  { scaling }: ServiceInput,
  drivers: DriversConfig | null,
): ErrorIssue[] {
  const driver = driverOf(scaling);
  // Null or false: it is not there.
  if (driver === undefined || drivers?.[driver]) return [];
  if (isDeepStrictEqual(stored?.scaling?.[driver], scaling?.[driver])) return [];
  const message =
    `needs the driver ${driver}, and this balancer was started without: ` +
    `write drivers: { ${driver}: {} } in its file and start it again, or remove this key`;
  return [{ path: `scaling.${driver}`, message }];
}

function driverOf(scaling: ScalingInput | undefined) {
  return DRIVER_NAMES.find((name) => scaling?.[name] !== undefined);
}
