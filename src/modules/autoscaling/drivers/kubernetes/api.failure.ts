import { VelocityError } from '../../../../common/errors/index.js';

/** One use of the API, as RBAC names it. */
export interface ApiAccess {
  /** `get`, `list`, `watch`, `update`, `patch`. */
  readonly verb: string;
  /** Such as `deployments/scale`. */
  readonly resource: string;
  /** '' is the group of pods and services. */
  readonly group: string;
  readonly namespace: string;
  /** What is looked for; null: a list. */
  readonly name: string | null;
}

/** What an error of the client or of its connection says, if anything. */
interface ErrorParts {
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly body?: unknown;
  readonly cause?: unknown;
  readonly message?: unknown;
}

/** HTTP status of the answer; null: there was none. */
export function statusOf(error: unknown): number | null {
  const { code, statusCode } = (error ?? {}) as ErrorParts;
  if (typeof code === 'number') return code;
  return typeof statusCode === 'number' ? statusCode : null;
}

/** Says in one line what to do about a failed use of the API. A VelocityError goes through as it is. */
export function apiFailure(error: unknown, access: ApiAccess, server: string): VelocityError {
  if (error instanceof VelocityError) return error;
  const status = statusOf(error);
  if (status === null) {
    return unavailable(`the Kubernetes API ${server} cannot be reached: ${connectionText(error)}`, error);
  }
  const said = saidBy(error);
  switch (status) {
    case 401:
      return refused(`the Kubernetes API ${server} does not accept our credentials${said}`, error);
    case 403:
      return refused(`${forbiddenText(access)}${said}`, error);
    case 404:
      return refused(
        `there is no ${kindOf(access)} "${access.name ?? ''}" in the namespace "${access.namespace}"${said}`,
        error,
      );
    case 409:
      return unavailable(`others keep changing the ${kindOf(access)} "${access.name ?? ''}"${said}`, error);
    default:
      return status === 408 || status === 429 || status >= 500
        ? unavailable(`the Kubernetes API ${server} answers ${status}${said}`, error)
        : refused(`the Kubernetes API answers ${status} to ${access.verb} ${access.resource}${said}`, error);
  }
}

/** What people call one of them: `deployments/scale` is a deployment. */
function kindOf({ resource }: ApiAccess): string {
  return resource.replace(/s(\/.*)?$/, '');
}

function forbiddenText({ verb, resource, group, namespace }: ApiAccess): string {
  const of = group === '' ? 'the core API group' : `the API group ${group}`;
  return `no permission in Kubernetes: the account needs the verb "${verb}" on "${resource}" of ${of} in the namespace "${namespace}"`;
}

/** Kubernetes explains itself in a Status object, which the client hands on as text or as an object. */
function saidBy(error: unknown): string {
  const { body } = (error ?? {}) as ErrorParts;
  let status = body;
  if (typeof body === 'string') {
    try {
      status = JSON.parse(body);
    } catch {
      return '';
    }
  }
  const message = (status as { readonly message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' && message !== '' ? `: ${oneLine(message)}` : '';
}

/** The innermost cause is the one that tells: `fetch failed` does not. */
function connectionText(error: unknown): string {
  let inner = error as ErrorParts;
  while (inner.cause !== undefined && inner.cause !== null) inner = inner.cause as ErrorParts;
  const text = typeof inner.message === 'string' && inner.message !== '' ? inner.message : inner.code;
  return oneLine(typeof text === 'string' ? text : 'no answer');
}

/** At most 300 characters of a text of others, without line breaks. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

function refused(message: string, cause: unknown): VelocityError {
  return new VelocityError('DRIVER_REFUSED', message, { cause });
}

function unavailable(message: string, cause: unknown): VelocityError {
  return new VelocityError('DRIVER_UNAVAILABLE', message, { cause });
}
