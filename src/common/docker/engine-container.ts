import type Dockerode from 'dockerode';

/** A container as a list of the engine tells it. */
export interface EngineContainer {
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `created`, `running`, `paused`, `restarting`, `removing`, `exited`, `dead`. */
  readonly state: string;
  /** For people: `Exited (1) 3 seconds ago`. */
  readonly status: string;
  /** By its own health check; `none`: it has none. */
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  /** Unix milliseconds, to the second. */
  readonly createdAt: number;
  /** TCP ports that are exposed; published ones with where. */
  readonly ports: readonly EnginePort[];
  /** By network, an IPv4 address before an IPv6 one; empty: the network gives it none. */
  readonly addresses: Readonly<Record<string, string>>;
}

export interface EnginePort {
  readonly inside: number;
  /** null: not published. */
  readonly outside: { readonly host: string; readonly port: number } | null;
}

/** From an item of `GET /containers/json`. */
export function engineContainer(info: Dockerode.ContainerInfo): EngineContainer {
  const networks = Object.entries(info.NetworkSettings?.Networks ?? {});
  return {
    id: info.Id,
    name: (info.Names?.[0] ?? info.Id.slice(0, 12)).replace(/^\//, ''),
    labels: info.Labels ?? {},
    state: info.State,
    status: info.Status,
    health: healthIn(info.Status),
    createdAt: info.Created * 1_000,
    ports: (info.Ports ?? []).filter(({ Type }) => Type === 'tcp').map(portOf),
    addresses: Object.fromEntries(
      networks.map(([name, { IPAddress, GlobalIPv6Address }]) => [
        name,
        IPAddress || GlobalIPv6Address || '',
      ]),
    ),
  };
}

/** Host of a URL: an IPv6 address goes in brackets. */
export function urlHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** Older engines tell it nowhere else in a list: `Up 4 minutes (healthy)`, `Up 2 seconds (health: starting)`. */
function healthIn(status: string): EngineContainer['health'] {
  const found = /\((?:health: )?(starting|healthy|unhealthy)\)/.exec(status)?.[1];
  return (found as EngineContainer['health'] | undefined) ?? 'none';
}

function portOf({ PrivatePort, PublicPort, IP }: Dockerode.Port): EnginePort {
  return { inside: PrivatePort, outside: PublicPort ? { host: IP, port: PublicPort } : null };
}
