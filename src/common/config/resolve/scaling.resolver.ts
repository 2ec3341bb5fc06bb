import { BUILT_IN } from '../built-in-defaults.js';
import type {
  DockerDriverInput,
  KubernetesDriverInput,
  ProcessDriverInput,
  WebhookDriverInput,
} from '../schema/scaling/driver.schema.js';
import type { ScalingInput, ScalingStepInput } from '../schema/scaling/scaling.schema.js';
import type {
  ScalingConfig,
  ScalingDirectionConfig,
  ScalingDriverConfig,
  ScalingScheduleConfig,
} from '../scaling-config.js';
import { milliseconds } from '../units/duration.js';
import { percentage } from '../units/percent.js';
import { parsePortRange } from '../units/port-range.js';
import { bytes } from '../units/size.js';

const STANDARD = BUILT_IN.scaling;

/** Its input is valid, so it names exactly one driver. null: the service is not scaled. */
export function resolveScaling(input: ScalingInput | undefined): ScalingConfig | null {
  if (input === undefined) return null;
  const { min, max, interval, tolerance, idle, drain, start } = { ...STANDARD, ...input };
  return {
    source: resolveDriver(input),
    min,
    max,
    targets: resolveTargets(input.targets ?? {}),
    intervalMs: milliseconds(interval),
    tolerance: share(tolerance),
    up: resolveDirection({ ...STANDARD.up, ...input.up }),
    down: resolveDirection({ ...STANDARD.down, ...input.down }),
    idleMs: idle === 'off' ? null : milliseconds(idle),
    drainMs: milliseconds(drain),
    startMs: milliseconds(start),
    schedules: (input.schedules ?? []).map(resolveSchedule),
  };
}

function resolveDriver({ process, docker, kubernetes, webhook }: ScalingInput): ScalingDriverConfig {
  if (process !== undefined) return resolveProcess(process);
  if (docker !== undefined) return resolveDocker(docker);
  if (kubernetes !== undefined) return resolveKubernetes(kubernetes);
  if (webhook !== undefined) return resolveWebhook(webhook);
  throw new TypeError('scaling names no driver');
}

function resolveProcess(input: ProcessDriverInput): ScalingDriverConfig {
  const ports = parsePortRange(input.ports);
  if (ports === null) throw new TypeError(`${input.ports} is no range of ports`);
  return {
    driver: 'process',
    command: input.command,
    args: input.args ?? [],
    env: input.env ?? {},
    folder: input.folder ?? null,
    ports,
    stopMs: milliseconds(input.stop ?? STANDARD.stop),
  };
}

function resolveDocker(input: DockerDriverInput): ScalingDriverConfig {
  return {
    driver: 'docker',
    image: input.image,
    command: input.command ?? null,
    env: input.env ?? {},
    port: input.port,
    network: input.network ?? null,
    memoryBytes: input.memory === undefined ? null : bytes(input.memory),
    cpus: input.cpus ?? null,
    labels: input.labels ?? {},
    stopMs: milliseconds(input.stop ?? STANDARD.stop),
  };
}

function resolveKubernetes(input: KubernetesDriverInput): ScalingDriverConfig {
  return {
    driver: 'kubernetes',
    namespace: input.namespace ?? null,
    deployment: input.deployment,
    service: input.service,
    port: input.port ?? null,
  };
}

function resolveWebhook({ url, secret, timeout }: WebhookDriverInput): ScalingDriverConfig {
  return {
    driver: 'webhook',
    url,
    secret,
    timeoutMs: milliseconds(timeout ?? STANDARD.webhookTimeout),
  };
}

function resolveTargets({
  p95,
  cpu,
  ...counts
}: NonNullable<ScalingInput['targets']>): ScalingConfig['targets'] {
  return {
    ...counts,
    ...(p95 !== undefined && { p95Ms: milliseconds(p95) }),
    ...(cpu !== undefined && { cpu: share(cpu) }),
  };
}

interface DirectionTexts {
  readonly stabilisation: string;
  readonly cooldown: string;
  readonly step: ScalingStepInput | readonly (number | string)[];
}

function resolveDirection({ stabilisation, cooldown, step }: DirectionTexts): ScalingDirectionConfig {
  const steps: readonly (number | string)[] = step === 'off' ? [] : [step].flat();
  const text = steps.find((each) => typeof each === 'string');
  return {
    stabilisationMs: milliseconds(stabilisation),
    cooldownMs: milliseconds(cooldown),
    stepCount: steps.find((each) => typeof each === 'number') ?? null,
    stepShare: text === undefined ? null : share(text),
  };
}

function resolveSchedule(schedule: NonNullable<ScalingInput['schedules']>[number]): ScalingScheduleConfig {
  return {
    cron: schedule.cron,
    timezone: schedule.timezone ?? STANDARD.timezone,
    forMs: milliseconds(schedule.for),
    min: schedule.min,
  };
}

function share(text: string): number {
  return percentage(text) / 100;
}
