import { type ExpositionWriter, type MetricType, labelText } from './exposition.writer.js';
import type { MetricsSource, ScalingFigures } from './metrics.source.js';

const DIRECTIONS = ['up', 'down', 'hold'] as const;
const EVENTS = ['started', 'failed', 'stopped'] as const;

/** The number of copies of services with scaling: the first ones in the order of the configuration have series. */
export class ScalingMetrics {
  constructor(
    private readonly source: Pick<MetricsSource, 'scaling'>,
    private readonly limit: number,
  ) {}

  write(writer: ExpositionWriter): void {
    const all = this.source.scaling();
    if (all.length === 0) return;
    writer.single('velocity_scaling_services', 'gauge', 'Services with scaling.', all.length);
    const shown = all.slice(0, this.limit);
    for (const [name, help, read] of GAUGES) writeAll(writer, { name, type: 'gauge', help }, shown, read);
    writer.metric(
      'velocity_scaling_decisions_total',
      'counter',
      'Decisions on the number of copies of the service, by whether they asked for more, for fewer, or for as many.',
    );
    for (const one of shown) {
      for (const direction of DIRECTIONS) {
        writer.sample(labelText({ service: one.service, direction }), one[direction]);
      }
    }
    writer.metric(
      'velocity_scaling_copies_total',
      'counter',
      'Copies of the service that began to take requests, failed, or were ended.',
    );
    for (const one of shown) {
      for (const event of EVENTS) writer.sample(labelText({ service: one.service, event }), one[event]);
    }
  }
}

const GAUGES: readonly (readonly [string, string, (one: ScalingFigures) => number])[] = [
  ['velocity_scaling_active', '1: this balancer decides on the service.', (one) => Number(one.isActive)],
  [
    'velocity_scaling_problem',
    '1: something keeps scaling of the service from working.',
    (one) => Number(one.hasProblem),
  ],
  ['velocity_scaling_desired', 'Copies of the service that there should be.', (one) => one.desired],
  ['velocity_scaling_current', 'Copies of the service that are there or on their way.', (one) => one.current],
  ['velocity_scaling_ready', 'Copies of the service that take requests.', (one) => one.ready],
];

interface Head {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
}

function writeAll(
  writer: ExpositionWriter,
  { name, type, help }: Head,
  services: readonly ScalingFigures[],
  read: (one: ScalingFigures) => number,
): void {
  writer.metric(name, type, help);
  for (const one of services) writer.sample(labelText({ service: one.service }), read(one));
}
