import { expect, it } from 'vitest';
import { startBackendProcess } from '../../support/backend-process.js';
import { configOf, Stage } from '../../support/balanced.js';
import { type Answer, request } from '../../support/load.js';
import { Observation } from '../../support/observation.js';

const EVERY_MS = 5;
const DOWN = 3_000 / EVERY_MS;

const stage = new Stage();

it('the only backend is killed and comes back after 3 s under 200 requests per second: no client sees an error', async () => {
  const backend = await stage.backend();
  const { port } = backend;
  const balancer = await stage.balancer(
    configOf([
      {
        name: 'shop',
        backends: [backend.url],
        health: { type: 'http', path: '/health', interval: '1s', timeout: '900ms', rise: 1, fall: 2 },
        queue: { hold: '30s', size: 10_000 },
      },
    ]),
  );
  const answers: Promise<Answer>[] = [];
  const sendFor = async (count: number) => {
    for await (const _ of Observation.every(EVERY_MS, count)) {
      answers.push(request({ port: balancer.trafficPort, host: 'any' }));
    }
  };
  await sendFor(100);
  const [, restarted] = await Promise.all([
    backend.kill(),
    sendFor(DOWN).then(() => startBackendProcess({ port })),
  ]);
  try {
    await sendFor(200);
    const statuses: Record<number, number> = {};
    for (const { status } of await Promise.all(answers)) statuses[status] = (statuses[status] ?? 0) + 1;
    expect(statuses).toEqual({ 200: answers.length });
    const { body } = await balancer.api<{ ledger: { dropped: number } }>('GET', '/api/v1/status');
    expect(body.ledger.dropped).toBe(0);
  } finally {
    await restarted.kill();
  }
});
