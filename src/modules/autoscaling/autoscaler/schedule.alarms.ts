import type { SchedulerRegistry } from '@nestjs/schedule';

/** Lets a schedule have its say at the very moment it begins or ends, instead of at the next interval. */
export class ScheduleAlarms {
  private readonly moments = new Map<string, number>();

  constructor(private readonly scheduler: SchedulerRegistry) {}

  /** @param at Unix milliseconds; null: never. Another alarm of the service is replaced. */
  set(service: string, at: number | null, ring: () => void): void {
    if (this.moments.get(service) === at) return;
    this.clear(service);
    if (at === null) return;
    this.moments.set(service, at);
    // A moment that has come meanwhile is refused as an alarm.
    this.register(service, at, ring).catch(ring);
  }

  clear(service: string): void {
    this.moments.delete(service);
    const name = nameOf(service);
    if (this.scheduler.doesExist('cron', name)) this.scheduler.deleteCronJob(name);
  }

  /** The package is loaded by the first service that has schedules. */
  private async register(service: string, at: number, ring: () => void): Promise<void> {
    const { CronJob } = await import('cron');
    if (this.moments.get(service) !== at) return;
    if (at <= Date.now()) return ring();
    const onTick = () => {
      this.clear(service);
      ring();
    };
    const job = CronJob.from({ cronTime: new Date(at), onTick, start: true });
    this.scheduler.addCronJob(nameOf(service), job);
  }
}

function nameOf(service: string): string {
  return `scaling ${service}`;
}
