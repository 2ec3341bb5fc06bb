/** Outside programs that some specs need and not every machine has; `mount`: the right to mount a file system. */
export type Requirement =
  'mongod' | 'chromium' | 'docker' | 'redis-server' | 'prometheus' | 'mount' | 'ps' | 'kubectl' | 'systemd';

/**
 * Says in one line that specs are skipped because something is missing, or throws when it must be there:
 * `VELOCITY_REQUIRE=mongod,chromium` lists what must.
 */
export function requireOrSkip(requirement: Requirement, reason: string): void {
  const required = (process.env['VELOCITY_REQUIRE'] ?? '').split(',').map((name) => name.trim());
  if (required.includes(requirement)) {
    throw new Error(`${requirement} is required (VELOCITY_REQUIRE) but missing: ${reason}`);
  }
  process.stderr.write(`SKIPPED: specs that need ${requirement}: ${reason}\n`);
}
