import { ProcessDriver } from '../../../../src/modules/autoscaling/drivers/process/index.js';
import type { OwnerSettings } from './driver-owner.js';

/* A balancer as far as its process driver goes: brings a service to a count, says what runs, and ends as it is told. */
const { count, ...parts } = JSON.parse(process.argv[2] as string) as OwnerSettings;
const lines: string[] = [];
const say = (_: object, message: string) => lines.push(message);
const driver = new ProcessDriver({ ...parts, log: { info: say, warn: say } });

const listed = await driver.list();
const wanted = listed.filter(({ state }) => state === 'running' || state === 'starting');
if (wanted.length < count) await driver.start(count - wanted.length);

async function report(): Promise<void> {
  process.send?.({ instances: await driver.list(), lines });
}
driver.watch(() => void report());
await report();

process.on('message', (order: 'stop' | 'hand over') => {
  void driver.close({ handOver: order === 'hand over' }).then(() => process.disconnect?.());
});
