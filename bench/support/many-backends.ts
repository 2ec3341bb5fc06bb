import type { Origin } from './origin.js';

const SERVICE_BACKENDS = 10;

/** One service with so many backends: addresses of 127.0.0.0/8 that the origin answers on. */
export function manyBackends(origin: Origin, count: number): readonly object[] {
  const backends = Array.from({ length: count }, (_, index) => `http://${loopback(index)}:${origin.port}`);
  return [{ name: 'bench', algorithm: 'least-connections', backends }];
}

/** Services by host name, each with one backend of its own identity, ten addresses in turn. */
export function manyServices(origin: Origin, count: number): readonly object[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `service-${index}`,
    hosts: [`service-${index}.test`],
    backends: [`http://${loopback(index % SERVICE_BACKENDS)}:${origin.port}`],
  }));
}

/** The n-th address of 127.1.0.0/16. */
function loopback(n: number): string {
  return `127.1.${(n + 1) >> 8}.${(n + 1) & 255}`;
}
