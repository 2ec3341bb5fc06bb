import { randomInt } from 'node:crypto';
import path from 'node:path';
import type { ScalingDecision, ScalingObservation } from '../../src/modules/autoscaling/decision/index.js';
import { scalingSchema } from '../../src/modules/admin/resources/scaling.resource.js';
import type { BalancerProcess, LogLine } from './balancer-process.js';
import { eventually } from './eventually.js';

const ENTRY = path.resolve(import.meta.dirname, '../../dist/test-server.main.js');
/** Below the ports that the kernel gives to those who ask for any. */
const FIRST_PORT = 12_000;
const LAST_PORT = 31_000;

/** Of a configuration: processes may be started, and each decision is logged. */
export const PROCESSES = {
  drivers: { process: { folder: 'data/processes' } },
  log: { format: 'json', level: 'debug' },
};

/** `scaling` that starts the project's test server as processes, on ports that probably nobody else has. */
export function processScaling(settings: object = {}, command: object = {}): object {
  const from = randomInt(FIRST_PORT, LAST_PORT);
  return {
    process: {
      command: process.execPath,
      args: [ENTRY],
      ports: `${from}-${from + 199}`,
      stop: '5s',
      ...command,
    },
    drain: '20s',
    start: '30s',
    ...settings,
  };
}

/** What a test reads of `GET /api/v1/scaling/{service}`. */
export interface ScalingView {
  readonly state: string;
  readonly problem: string;
  readonly current: number;
  readonly ready: number;
  readonly desired: number;
  readonly floor: number;
  readonly instances: readonly InstanceView[];
}

export interface InstanceView {
  readonly id: string;
  readonly url: string | null;
  readonly state: string;
  readonly backend: string | null;
  readonly isDraining: boolean;
}

/** A decision as the application log has it at level debug. */
export interface LoggedDecision extends LogLine {
  readonly service: string;
  readonly observation: ScalingObservation;
  readonly decision: ScalingDecision;
  readonly floor: number;
}

export async function scalingOf(balancer: BalancerProcess, service: string): Promise<ScalingView> {
  const { body } = await balancer.api('GET', `/api/v1/scaling/${encodeURIComponent(service)}`);
  return scalingSchema.parse(body);
}

/** The scaling of a service, once it is as it should be. */
export function scaled(
  balancer: BalancerProcess,
  service: string,
  fits: (view: ScalingView) => boolean,
  deadlineMs = 60_000,
): Promise<ScalingView> {
  return eventually(async () => {
    const view = await scalingOf(balancer, service);
    if (!fits(view)) throw new Error(`not so yet: ${JSON.stringify(view)}`);
    return view;
  }, deadlineMs);
}

/** All that were decided so far, the oldest first. */
export function decisionsOf(balancer: BalancerProcess, service: string): readonly LoggedDecision[] {
  return balancer.log.filter(
    (line): line is LoggedDecision => line['event'] === 'scaling-decision' && line['service'] === service,
  );
}

/** Id of the process that answers at an origin, asked of the test server there. */
export async function pidAt(url: string): Promise<number> {
  const response = await fetch(url, { headers: { connection: 'close' } });
  const { pid } = (await response.json()) as { readonly pid: number };
  return pid;
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
