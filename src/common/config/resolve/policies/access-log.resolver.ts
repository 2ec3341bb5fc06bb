import {
  type AccessLogPolicy,
  FULL_ACCESS_LOG,
  type ServiceAccessLog,
} from '../../../contract/policies/access-log.js';
import type { AccessLogPolicyInput } from '../../schema/policies/access-log.schema.js';
import type { DefaultsInput, ServiceInput } from '../../schema.js';
import { milliseconds } from '../../units/duration.js';
import { percentage } from '../../units/percent.js';

/** Key by key, those of `redact` too: the service's own, else the defaults'; null: what the top level says. */
export function resolveServiceAccessLog(service: ServiceInput, defaults: DefaultsInput): ServiceAccessLog {
  const redact = { ...defaults.accessLog?.redact, ...service.accessLog?.redact };
  return resolved({ ...defaults.accessLog, ...service.accessLog, redact });
}

/** Of the top level. */
export function resolveAccessLogPolicy(input: AccessLogPolicyInput = {}): AccessLogPolicy {
  const own = resolved(input);
  const written = Object.entries(own).filter(([, value]) => value !== null);
  return { ...FULL_ACCESS_LOG, ...(Object.fromEntries(written) as Partial<AccessLogPolicy>) };
}

function resolved(input: AccessLogPolicyInput): ServiceAccessLog {
  const { sample, always, slow, fields, headers, redact = {}, decisions } = input;
  return {
    sample: sample === undefined ? null : percentage(sample) / 100,
    always: always === undefined ? null : [...new Set(always)],
    slowMs: slow === undefined ? null : milliseconds(slow),
    without: fields === undefined ? null : fields === 'all' ? [] : [...new Set(fields.without)],
    headers: headers === undefined ? null : headers.map(lowerCase),
    redactQuery: queryRedaction(redact.query),
    redactHeaders: redact.headers === undefined ? null : redact.headers.map(lowerCase),
    client: redact.client ?? null,
    decisionSample: decisions?.sample === undefined ? null : percentage(decisions.sample) / 100,
  };
}

function queryRedaction(
  query: NonNullable<AccessLogPolicyInput['redact']>['query'],
): ServiceAccessLog['redactQuery'] {
  if (query === undefined) return null;
  return typeof query === 'string' ? query : query.map(lowerCase);
}

function lowerCase(text: string): string {
  return text.toLowerCase();
}
