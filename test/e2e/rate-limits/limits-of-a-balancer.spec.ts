import { Agent, request } from 'node:http';
import { expect, it } from 'vitest';
import { configOf, Stage, STEADY_HEALTH } from '../../support/balanced.js';
import { recorded } from '../../support/recorded.js';

const CLIENTS = 100;
const DURATION_MS = 2_000;
const [RATE, BURST] = [200, 50];

interface Answer {
  readonly sentMs: number;
  readonly answeredMs: number;
  readonly status: number;
}

function ask(port: number, agent: Agent): Promise<Answer> {
  const sentMs = performance.now();
  return new Promise((resolve, reject) => {
    const asked = request(
      { port, host: '127.0.0.1', path: '/', agent, headers: { host: 'shop.test' } },
      (response) => {
        response.resume();
        response.on('end', () =>
          resolve({ sentMs, answeredMs: performance.now(), status: response.statusCode! }),
        );
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

/** What nobody took while all clients stood still, as on a busy machine, and the allowance was full: at most so many. */
function overflowOf(answers: readonly Answer[]): number {
  const refused = answers.filter(({ status }) => status === 429);
  return refused.slice(1).reduce((sum, { answeredMs }, index) => {
    const gap = answeredMs - refused[index]!.sentMs;
    return sum + Math.max(0, (gap * RATE) / 1_000 - BURST);
  }, 0);
}

const stage = new Stage();

it('admits 100 clients of two workers by one allowance, answers the others 429, and changes the limit while they ask', async () => {
  const backend = await stage.backend();
  const service = (limits: object) => ({
    name: 'shop',
    hosts: ['shop.test'],
    backends: [backend.url],
    health: STEADY_HEALTH,
    ...limits,
  });
  const balancer = await stage.balancer(
    configOf([service({ rateLimits: [{ by: 'all', rate: `${RATE}/1s`, burst: BURST }] })]),
  );
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const answers: Answer[] = [];
  const endMs = performance.now() + DURATION_MS;
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (performance.now() < endMs) answers.push(await ask(balancer.trafficPort, agent));
    }),
  );
  const startMs = Math.min(...answers.map(({ sentMs }) => sentMs));
  const admitted = answers
    .filter(({ status }) => status === 200)
    .toSorted((a, b) => a.answeredMs - b.answeredMs);
  expect(answers.filter(({ status }) => status !== 200 && status !== 429)).toEqual([]);
  // An exchange is admitted before it is answered: so many at most by then.
  const above = admitted.filter(
    ({ answeredMs }, index) => index + 1 > BURST + ((answeredMs - startMs) * RATE) / 1_000 + 1e-6,
  );
  expect(above).toEqual([]);
  // Somebody was refused after it was sent: until then all but less than one had been admitted.
  const lastRefused = answers.filter(({ status }) => status === 429).at(-1)!;
  const before = admitted.filter(({ sentMs }) => sentMs <= lastRefused.answeredMs).length;
  const firstAnsweredMs = Math.min(...answers.map(({ answeredMs }) => answeredMs));
  const offered = BURST + ((lastRefused.sentMs - firstAnsweredMs) * RATE) / 1_000 - overflowOf(answers);
  expect(before).toBeGreaterThan(offered - 1);

  const refused = answers.filter(({ status }) => status === 429).length;
  const drops = await recorded(balancer, refused, 'dropReason=rate_limited');
  expect(new Set(drops.map(({ status }) => status))).toEqual(new Set([429]));
  expect((await balancer.api('PUT', '/api/v1/services/shop', service({}))).status).toBe(200);
  const free = await Promise.all(Array.from({ length: CLIENTS }, () => ask(balancer.trafficPort, agent)));
  expect(free.map(({ status }) => status)).toEqual(Array(CLIENTS).fill(200));
  agent.destroy();
});
