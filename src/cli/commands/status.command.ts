import type { ServiceResource } from '../../modules/admin/resources/service.mapping.js';
import type { StatusResource } from '../../modules/admin/resources/status.resource.js';
import type { AdminClient } from '../admin/admin.client.js';
import { ROUTES } from '../admin/admin.routes.js';
import { CommandFailure } from '../command.failure.js';
import { Interruption } from '../interruption.js';
import type { Session } from '../session.js';
import { LiveArea } from '../terminal/live-area.js';
import { localTime } from '../terminal/amounts.js';
import { visible } from '../terminal/visible-text.js';
import { allServices } from './service.catalogue.js';
import { backendRates, serviceRates, statusLines, type StatusPicture } from './status.view.js';
import { TrafficInterval, TrafficSample } from './traffic.sample.js';

/** Rates need two looks; a terminal that is watched is drawn this often. */
const INTERVAL_MS = 1_000;

export interface StatusFlags {
  /** Only this service. */
  readonly service?: string;
  readonly watch?: boolean;
}

/** Shows the balancer, its services and backends; with `watch` until Ctrl-C. */
export async function showStatus(session: Session, flags: StatusFlags): Promise<void> {
  const interruption = Interruption.begin();
  try {
    const observer = new StatusObserver(session.client, flags.service);
    await observer.begin();
    await interruption.pause(INTERVAL_MS);
    if (flags.watch === true) await watch(session, observer, interruption);
    else if (!interruption.isAsked) print(session, await observer.look());
  } finally {
    interruption.end();
  }
}

/** Looks again and again, each time at what happened since the time before. */
class StatusObserver {
  private before: TrafficSample | null = null;

  constructor(
    private readonly client: AdminClient,
    private readonly service: string | undefined,
  ) {}

  async begin(): Promise<void> {
    this.before = await this.sample();
  }

  async look(): Promise<StatusPicture> {
    const [status, services, sample] = await Promise.all([
      this.client.get<StatusResource>(ROUTES.status),
      this.services(),
      this.sample(),
    ]);
    const interval = new TrafficInterval(this.before ?? sample, sample);
    this.before = sample;
    return { status, services, interval };
  }

  private async services(): Promise<ServiceResource[]> {
    if (this.service === undefined) return allServices(this.client);
    return [await this.client.get<ServiceResource>(ROUTES.service(this.service))];
  }

  private async sample(): Promise<TrafficSample> {
    const exposition = await this.client.text(ROUTES.metrics, { query: { service: this.service } });
    return new TrafficSample(exposition, performance.now());
  }
}

async function watch(session: Session, observer: StatusObserver, interruption: Interruption): Promise<void> {
  const { terminal } = session;
  const area = new LiveArea(terminal.streams.stdout);
  try {
    while (!interruption.isAsked) {
      const started = performance.now();
      try {
        const picture = await observer.look();
        if (terminal.json) terminal.printJsonLine(programView(picture));
        else
          area.draw([
            ...statusLines(picture, terminal, Date.now()),
            '',
            terminal.paint('dim', `${localTime(Date.now())}  Ctrl-C ends`),
          ]);
      } catch (error) {
        // A balancer that restarts is looked for again; what it refuses stays refused.
        if (!(error instanceof CommandFailure) || error.code !== 'UNREACHABLE') throw error;
        if (terminal.json) terminal.printJsonLine({ error: { code: error.code, message: error.message } });
        else
          area.draw([terminal.paint('red', visible(error.message)), terminal.paint('dim', 'trying again')]);
      }
      await interruption.pause(Math.max(100, INTERVAL_MS - (performance.now() - started)));
    }
  } finally {
    area.end();
  }
}

function print({ terminal }: Session, picture: StatusPicture): void {
  if (terminal.json) terminal.printJson(programView(picture));
  else for (const line of statusLines(picture, terminal, Date.now())) terminal.print(line);
}

/** The picture for programs: the API's own resources, with the rates beside. */
function programView({ status, services, interval }: StatusPicture): object {
  return {
    status,
    services: services.map((service) => ({
      name: service.name,
      ...serviceRates(service, interval),
      backends: service.backends.map((backend) => ({ ...backend, ...backendRates(backend, interval) })),
    })),
  };
}
