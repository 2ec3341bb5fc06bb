const ADVICE: Readonly<Record<string, string>> = {
  ENOENT:
    'there is no such socket. Does the engine run, is the path in `drivers.docker` right, and is it mounted where the balancer runs in a container?',
  EACCES:
    'no permission to use the socket. Give the balancer’s user the group that owns it (in Compose `group_add`)',
  ECONNREFUSED: 'nobody listens there. Is the engine stopped?',
  ENOTFOUND: 'its host name is not known. Is `drivers.docker.url` right?',
  ENOTSOCK: 'this is no socket. Is the path in `drivers.docker` right?',
  ECONNRESET: 'it broke off. Is it restarting, or does it speak TLS?',
  TimeoutError: 'it does not answer in time. Is it overloaded, or is something else listening there?',
};

/** Why an engine cannot be reached, and what to check. */
export function unreachableText(where: string, error: unknown): string {
  const { code, name, message } = error as { code?: string; name?: string; message?: string };
  const advice = ADVICE[code ?? ''] ?? ADVICE[name ?? ''] ?? message ?? String(error);
  return `the Docker engine at ${where} is away: ${advice}`;
}
