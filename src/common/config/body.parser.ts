import type { z } from 'zod';
import { VelocityError } from '../errors/index.js';
import { type DesiredInput, desiredSchema } from './desired-state.validator.js';
import { toErrorIssues } from './issues/config-issue.js';
import { checkSchema } from './issues/schema-issues.js';
import {
  backendEntrySchema,
  backendPatchSchema,
  globalPoliciesOf,
  serviceSchema,
  type BackendInput,
  type BackendPatch,
  type ServiceInput,
} from './schema.js';
import { expandBackend, expandService } from './written-form.js';

/*
 * API bodies, held against the same schemas as the file. Each throws CONFIG_INVALID with everything that is wrong;
 * paths are relative to the body. What needs the rest of the state (overlaps, inherited defaults) is left to
 * `validateServiceChange`. Placeholders are not replaced here: a client must not read our environment.
 */

export function parseServiceInput(body: unknown): ServiceInput {
  return expandService(parse(serviceSchema, body, 'service'));
}

export function parseBackendInput(body: unknown): BackendInput {
  return expandBackend(parse(backendEntrySchema, body, 'backend'));
}

/** At least one of weight, backup and state. */
export function parseBackendPatch(body: unknown): BackendPatch {
  return parse(backendPatchSchema, body, 'change of a backend');
}

/** The whole desired state; what is left out is empty. */
export function parseDesiredBody(body: unknown): DesiredInput {
  const {
    trustedProxies = [],
    defaults = {},
    services = [],
    ...globals
  } = parse(desiredSchema, body, 'desired state');
  return { trustedProxies, ...globalPoliciesOf(globals), defaults, services: services.map(expandService) };
}

function parse<T extends z.ZodType>(schema: T, body: unknown, what: string): z.output<T> {
  const checked = checkSchema(schema, body ?? undefined);
  if (checked.ok) return checked.value;
  const issues = toErrorIssues(checked.issues);
  const count = issues.length === 1 ? 'one error' : `${issues.length} errors`;
  throw new VelocityError('CONFIG_INVALID', `the ${what} is not valid: ${count}`, { issues });
}
