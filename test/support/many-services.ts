/** 1,000 services with ten backends each: 10,000 addresses of the loopback network, all answered by one port. */
export function manyServices(port: number): object[] {
  return Array.from({ length: 1_000 }, (_, service) => ({
    name: `service-${service}`,
    hosts: [`service-${service}.test`],
    algorithm: 'least-connections',
    backends: Array.from(
      { length: 10 },
      (_, backend) => `http://${loopback(service * 10 + backend + 1)}:${port}`,
    ),
  }));
}

/** The n-th address of 127.1.0.0/16. */
function loopback(n: number): string {
  return `127.1.${n >> 8}.${n & 255}`;
}
