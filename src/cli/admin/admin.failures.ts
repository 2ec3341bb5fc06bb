import type { ErrorIssue } from '../../common/errors/index.js';
import { CommandFailure } from '../command.failure.js';
import { ExitCode } from '../exit-code.js';
import { isLoopback } from '../../common/config/units/loopback.js';
import type { AdminTarget } from './admin.target.js';

/** A problem of the admin API (RFC 9457), as far as it is used here. */
export interface RefusedAnswer {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly issues?: readonly ErrorIssue[];
  readonly requestId?: string;
}

/** Statuses that say that what was asked for is wrong, not that it cannot be done now. */
const INVALID = new Set([400, 404, 405, 413, 415, 422]);

const NAME_ANOTHER = 'Name another admin API with --admin URL, or in VELOCITY_ADMIN.';

/** Nobody answers: says who was asked, why that failed, and where a balancer runs instead. */
export async function unreachable(
  target: AdminTarget,
  error: NodeJS.ErrnoException,
): Promise<CommandFailure> {
  const { reason, advice } = explain(target, error);
  const running = isLoopback(new URL(target.url).hostname) ? await runningHere() : [];
  const start =
    running.length > 0
      ? []
      : ['Does a balancer run? `velocity run` starts one; `velocity doctor` looks for what is in its way.'];
  return new CommandFailure(`No balancer answers at ${target.url}: ${reason}.`, {
    code: 'UNREACHABLE',
    advice: [...advice, ...running, ...start, NAME_ANOTHER],
    cause: error,
  });
}

async function runningHere(): Promise<string[]> {
  const { ProcessTable } = await import('../../common/processes/index.js');
  const balancers = new ProcessTable().balancers();
  return balancers.map(
    ({ pid, ports }) =>
      `A Velocity runs on this machine as process ${pid} and listens on ${ports.join(', ')}: is one of these its admin port?`,
  );
}

interface Explanation {
  readonly reason: string;
  readonly advice: readonly string[];
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was closed before an answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the host name cannot be resolved now',
  ETIMEDOUT: 'no connection in time',
  ABORT_ERR: 'no answer in time',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
};

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function explain(target: AdminTarget, error: NodeJS.ErrnoException): Explanation {
  const first = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException) : error;
  const code =
    first.code ?? (first.name === 'TimeoutError' || first.name === 'AbortError' ? 'ABORT_ERR' : '');
  if (UNTRUSTED.has(code)) {
    return {
      reason: 'its certificate is not signed by an authority that is trusted here',
      advice: ['Name the file of its authority with --ca FILE, or in VELOCITY_CA.'],
    };
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    return { reason: 'no TLS is spoken there', advice: [`Try ${target.url.replace('https:', 'http:')}.`] };
  }
  if (code.startsWith('HPE_')) return { reason: 'what answers there speaks no HTTP', advice: [] };
  const isPlain = target.url.startsWith('http:');
  const advice = code === 'ECONNRESET' && isPlain ? ['If its admin listener has TLS, write https://.'] : [];
  return { reason: REASONS[code] ?? first.message, advice };
}

/** The API refused. */
export function refusal(target: AdminTarget, problem: RefusedAnswer): CommandFailure {
  return new CommandFailure(problem.detail, {
    exitCode: INVALID.has(problem.status) ? ExitCode.invalid : ExitCode.failed,
    code: problem.code,
    status: problem.status,
    issues: problem.issues ?? [],
    advice: adviceOf(target, problem),
  });
}

function adviceOf(target: AdminTarget, { code }: RefusedAnswer): string[] {
  switch (code) {
    case 'UNAUTHENTICATED':
      return target.token === null
        ? [
            `No token was sent: ${target.tokenSources}.`,
            'Name one with --token-file FILE, or in VELOCITY_TOKEN; `velocity token create` makes more.',
          ]
        : [`The token came from ${target.tokenSources}.`];
    case 'FORBIDDEN':
      return [
        '`velocity token whoami` tells whose token this is. Its role cannot be changed: make another token.',
      ];
    case 'PRECONDITION_FAILED':
      return ['Somebody changed it in between: look at `velocity history`, and try again.'];
    case 'GUARD_ACTIVE':
      return ['`velocity confirm` keeps the guarded change, `velocity revert` takes it back.'];
    case 'BAN_NOT_FOUND':
      return ['`velocity bans` lists them.'];
    case 'BAN_REFUSED':
      return ['--force bans it all the same.'];
    case 'SERVICE_NOT_FOUND':
      return ['`velocity services` lists them.'];
    case 'REVISION_NOT_FOUND':
    case 'REVISION_UNREADABLE':
      return ['`velocity history` lists them.'];
    case 'ROUTE_NOT_FOUND':
      return [
        `The balancer at ${target.url} does not know this: it may be of an older version (\`velocity status\`).`,
      ];
    default:
      return [];
  }
}

/** Something answers that is no admin API of ours. */
export function answerFailure(target: AdminTarget, { status }: { readonly status: number }): CommandFailure {
  return new CommandFailure(`What answers at ${target.url} (status ${status}) is no admin API of Velocity.`, {
    code: 'NO_ADMIN_API',
    advice: ['Is this the port of the traffic, or of another program?', NAME_ANOTHER],
  });
}
