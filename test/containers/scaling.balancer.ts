import { request, type Answer } from '../support/load.js';
import type { Stack } from './stack.js';

/** Name of its service in docker-compose.yml. */
export const SCALING_BALANCER = 'scaling-balancer';
const DATABASE = 'velocity-scaling';
/** Stopping an engine's containers and making new ones takes seconds each. */
const SCALING_DEADLINE_MS = 120_000;

/** The balancer of the profile `autoscaling`, and the containers that it starts. */
export class ScalingBalancer {
  private token = '';

  constructor(private readonly stack: Stack) {}

  async up(): Promise<void> {
    await this.stack.composeScaling('up', '--detach', '--no-build', SCALING_BALANCER);
    await this.stack.until(
      'the scaling balancer is healthy',
      async () => (await this.stack.state(SCALING_BALANCER)).health === 'healthy',
    );
    if (this.token === '') this.token = await this.stack.exec(SCALING_BALANCER, 'cat', 'data/admin.token');
  }

  kill(): Promise<string> {
    return this.stack.composeScaling('kill', SCALING_BALANCER);
  }

  /** Also of what it has started, which would outlive it, and of what was started beside it. */
  async remove(): Promise<void> {
    await this.stack.composeScaling('rm', '--stop', '--force', SCALING_BALANCER);
    const all = await this.ids('--all', '--filter', `network=${this.stack.scaledNetwork}`);
    if (all.length > 0) await this.stack.engine.docker(['rm', '--force', ...all]);
  }

  get(host: string, path = '/'): Promise<Answer> {
    return request({ port: this.stack.scalingPort, host, path });
  }

  async api<T>(route: string): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.stack.scalingAdminPort}${route}`, {
      headers: { authorization: `Bearer ${this.token}` },
    });
    return (await response.json()) as T;
  }

  documents<T>(collection: string, filter: object): Promise<readonly T[]> {
    return this.stack.documents<T>(collection, filter, DATABASE);
  }

  /** Containers that it has started and that run: ids. */
  running(): Promise<readonly string[]> {
    const ours = ['--filter', `network=${this.stack.scaledNetwork}`, '--filter', 'label=velocity.managed'];
    return this.ids(...ours);
  }

  /** Waits until so many of its containers run, and answers which. */
  async scaledTo(count: number): Promise<readonly string[]> {
    let now: readonly string[] = [];
    const isSo = async () => (now = await this.running()).length === count;
    await this.stack.until(`${count} containers run`, isSo, SCALING_DEADLINE_MS);
    return now;
  }

  /** Waits until so many copies of a service take requests: they do some time after they run. */
  async serving(service: string, count: number): Promise<void> {
    const isSo = async () => {
      const { ready } = await this.api<{ ready: number }>(`/api/v1/scaling/${service}`);
      return ready === count;
    };
    await this.stack.until(`${count} copies of ${service} take requests`, isSo, SCALING_DEADLINE_MS);
  }

  private async ids(...args: readonly string[]): Promise<readonly string[]> {
    const found = await this.stack.engine.docker(['ps', '--quiet', '--no-trunc', ...args]);
    return found === '' ? [] : found.split('\n').toSorted();
  }
}
