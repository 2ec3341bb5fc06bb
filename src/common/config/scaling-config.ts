/** What a service's copies are started and ended with. Times are milliseconds, sizes bytes. */
export type ScalingDriverConfig =
  | ({ readonly driver: 'process' } & ProcessDriverConfig)
  | ({ readonly driver: 'docker' } & DockerDriverConfig)
  | ({ readonly driver: 'kubernetes' } & KubernetesDriverConfig)
  | ({ readonly driver: 'webhook' } & WebhookDriverConfig);

export interface ProcessDriverConfig {
  /** Program, looked up in PATH. No shell. `{port}` in arguments and values becomes the port of the process, which also has it as `PORT`. */
  readonly command: string;
  readonly args: readonly string[];
  /** On top of the balancer's own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Working folder; null: that of the balancer. */
  readonly folder: string | null;
  /** Ports that may be taken, both inclusive. */
  readonly ports: { readonly from: number; readonly to: number };
  /** From SIGTERM to SIGKILL. */
  readonly stopMs: number;
}

export interface DockerDriverConfig {
  readonly image: string;
  /** null: that of the image. */
  readonly command: readonly string[] | null;
  readonly env: Readonly<Record<string, string>>;
  /** Port inside the container. */
  readonly port: number;
  /** Network on which the balancer reaches the containers; null: the port is published on loopback. */
  readonly network: string | null;
  /** null: no limit. */
  readonly memoryBytes: number | null;
  /** In cores; null: no limit. */
  readonly cpus: number | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly stopMs: number;
}

export interface KubernetesDriverConfig {
  /** null: that of the balancer's own pod, or of the context. */
  readonly namespace: string | null;
  readonly deployment: string;
  /** Service whose EndpointSlices are the backends. */
  readonly service: string;
  /** Name or number of its port; null: the only one. */
  readonly port: string | number | null;
}

export interface WebhookDriverConfig {
  readonly url: string;
  /** Key of the HMAC-SHA-256 in the field `Velocity-Signature`. */
  readonly secret: string;
  readonly timeoutMs: number;
}

/** What is held near a target. Sums over the service, but `p95Ms` and `cpu`. */
export const SCALING_METRICS = ['inFlight', 'requestsPerSecond', 'queue', 'p95Ms', 'cpu'] as const;
export type ScalingMetric = (typeof SCALING_METRICS)[number];

export interface ScalingDirectionConfig {
  /** The desired count must have been beyond the present one for so long; up the lowest, down the highest of this time counts. */
  readonly stabilisationMs: number;
  /** Least time between two changes in this direction. */
  readonly cooldownMs: number;
  /** At most so many at a time; null: any number. */
  readonly stepCount: number | null;
  /** At most this share of the present count (0.5: half as many), at least one; null: any. The larger of the two steps holds. */
  readonly stepShare: number | null;
}

/** A floor beside `min` while it lasts. */
export interface ScalingScheduleConfig {
  /** Five fields, or six with seconds first. When it begins. */
  readonly cron: string;
  /** IANA name, such as Europe/Berlin. */
  readonly timezone: string;
  readonly forMs: number;
  readonly min: number;
}

/** How many copies of a service run, and where they come from. */
export interface ScalingConfig {
  readonly source: ScalingDriverConfig;
  readonly min: number;
  readonly max: number;
  /** Per backend: in flight and waiting, requests per second, waiting; milliseconds; share of its CPUs (0.7). Absent: not looked at. */
  readonly targets: Readonly<Partial<Record<ScalingMetric, number>>>;
  /** Between two decisions. */
  readonly intervalMs: number;
  /** Deviations from the target up to this share change nothing: 0.1. */
  readonly tolerance: number;
  readonly up: ScalingDirectionConfig;
  readonly down: ScalingDirectionConfig;
  /** With `min: 0`: without a request for so long, the last one goes; null: never. A request wakes it up, and waits as `queue.hold` says. */
  readonly idleMs: number | null;
  /** A draining backend is ended after this time, even when requests still run there. */
  readonly drainMs: number;
  /** One that is not healthy for so long after its start is ended, and counts as failed. */
  readonly startMs: number;
  readonly schedules: readonly ScalingScheduleConfig[];
}

/** How the engines are reached; a driver that is not there cannot be used by a service. Process-wide: a start reads it. */
export interface DriversConfig {
  /** Present: services may start commands on this machine. */
  readonly process: { readonly folder: string } | null;
  readonly docker: { readonly socketPath: string } | { readonly url: string } | null;
  readonly kubernetes: KubernetesAccessConfig | null;
  readonly webhook: boolean;
}

/** null everywhere: as a pod finds it, or else `KUBECONFIG` and `~/.kube/config`. */
export interface KubernetesAccessConfig {
  readonly kubeconfig: string | null;
  readonly context: string | null;
}
