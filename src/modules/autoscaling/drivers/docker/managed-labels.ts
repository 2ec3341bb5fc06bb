/** Whose container it is: `<owner>/<service>`. Nothing without it is ever looked at or ended. */
export const MANAGED_LABEL = 'velocity.managed';
/** Its port, also after another one was configured. */
export const PORT_LABEL = 'velocity.managed.port';
/** Its limit in cores; empty: none. */
export const CPUS_LABEL = 'velocity.managed.cpus';
/** A digest of the settings that it was made with. */
export const SETTINGS_LABEL = 'velocity.managed.settings';

/** Value of {@link MANAGED_LABEL}. */
export function managedMark(owner: string, service: string): string {
  return `${owner}/${service}`;
}
