import type { OutageEvent } from '../../src/common/contract/index.js';
import { describe, expect, it } from 'vitest';
import type { BreakerPolicy } from '../../src/common/contract/index.js';
import { eventually } from '../support/eventually.js';
import { type LaneOptions, LANES, startLane } from '../support/lane.fixture.js';
import { FAILING, OK, Origin, resetAfterRequest } from '../support/origin.js';
import { breakerPolicies, CIRCUIT, EJECTION } from '../support/outage.settings.js';
import { problemIn } from '../support/raw-client.js';
import { valueOf } from '../support/raw-message.js';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

/** An origin whose answer the test may change. */
async function switchable(answer: string) {
  const current = { answer };
  return { origin: await Origin.answering(() => current.answer), current };
}

describe.each(LANES)('outages in lane %s', (kind) => {
  async function running(
    origins: readonly Origin[],
    policy: Partial<BreakerPolicy>,
    options: LaneOptions = {},
  ) {
    const lane = await startLane(kind, origins, {
      ...options,
      service: { policies: breakerPolicies(policy), ...options.service },
    });
    const statuses = async (count: number, bytes = GET) => {
      const found: number[] = [];
      for (let index = 0; index < count; index++) found.push((await lane.ask(bytes)).status);
      return found;
    };
    const available = () => origins.map((_, slot) => lane.memory.states.isAvailable(slot));
    const kinds = () => lane.events.map((event) => event.kind);
    return { lane, statuses, available, kinds };
  }

  it('ejects a backend that fails so many times in a row, and lets it serve again when its time is over', async () => {
    const bad = await switchable(FAILING);
    const good = await Origin.answering(OK);
    const { lane, statuses, available, kinds } = await running([bad.origin, good], {
      ejection: EJECTION,
    });
    expect(await statuses(5)).toEqual([500, 200, 500, 200, 500]);
    expect(available()).toEqual([false, true]);
    expect(lane.events[0]).toMatchObject({ kind: 'backend-ejected', backend: 'backend-0', failures: 3 });
    expect(await statuses(4)).toEqual([200, 200, 200, 200]);
    bad.current.answer = OK;
    await eventually(async () => {
      await statuses(2);
      expect(bad.origin.requests.length).toBeGreaterThan(3);
    });
    expect(kinds()).toEqual(['backend-ejected', 'backend-returned']);
  });

  it('ejects for refused connections and resets, which the client does not see', async () => {
    const refusing = await Origin.refusing();
    const resetting = await Origin.start(resetAfterRequest);
    const good = await Origin.answering(OK);
    const { statuses, available } = await running([refusing, resetting, good], {
      ejection: { ...EJECTION, maxPercent: 70 },
    });
    expect(new Set(await statuses(14))).toEqual(new Set([200]));
    expect(available()).toEqual([false, false, true]);
  });

  it('does not hold against a backend what clients do, or ask for', async () => {
    const origin = await Origin.start(async (connection) => {
      for (;;) {
        const request = await connection.request();
        if (request.line.includes('/never')) return;
        const status = request.line.includes('/unknown') ? '501 Not Implemented' : '404 Not Found';
        await connection.send(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
      }
    });
    const other = await Origin.answering(OK);
    const { lane, statuses, available } = await running(
      [origin, other],
      { ejection: { ...EJECTION, consecutive: 1 }, circuit: { ...CIRCUIT, minimum: 1 } },
      { timeouts: { requestMs: 2_000 } },
    );
    await statuses(4, GET.replace('/ ', '/unknown '));
    await statuses(4);
    for (let index = 0; index < 2; index++) {
      const client = await lane.connect();
      await client.send(GET.replace('/ ', '/never '));
      if (index === 0) await eventually(async () => expect(origin.requests.at(-1)!.line).toContain('/never'));
      client.reset();
      await lane.record(8 + index);
    }
    // A body that comes too slowly for the time of the whole exchange.
    const slow = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc';
    const late = await Promise.all([lane.ask(slow), lane.ask(slow)]);
    expect(late.map(({ status }) => status)).toEqual([504, 504]);
    expect([available(), lane.events]).toEqual([[true, true], []]);
  });

  it('opens the breaker of a failing backend, tries it once its time is over, and closes it after a success', async () => {
    const bad = await switchable(FAILING);
    const good = await Origin.answering(OK);
    const { lane, statuses, available, kinds } = await running([bad.origin, good], {
      circuit: CIRCUIT,
    });
    expect(await statuses(8)).toEqual([500, 200, 500, 200, 500, 200, 500, 200]);
    expect(available()).toEqual([false, true]);
    expect(lane.events[0]).toMatchObject({ kind: 'breaker-opened', failures: 4, calls: 4 });
    expect(await statuses(2)).toEqual([200, 200]);
    bad.current.answer = OK;
    await eventually(async () => {
      expect(await statuses(1)).toEqual([200]);
      expect(kinds()).toEqual(['breaker-opened', 'breaker-half-open', 'breaker-closed']);
    });
    expect(available()).toEqual([true, true]);
    expect(bad.origin.requests).toHaveLength(5);
  });

  it('opens again for longer when the trial fails, and sends nothing else there meanwhile', async () => {
    const hanging = await Origin.start(async (connection) => {
      for (;;) await connection.request();
    });
    const good = await Origin.answering(OK);
    const { lane, statuses, kinds } = await running(
      [hanging, good],
      { circuit: { ...CIRCUIT, minimum: 2 } },
      { timeouts: { responseMs: 60 }, retries: 0 },
    );
    expect(await statuses(3)).toEqual([504, 200, 504]);
    const opened = lane.events[0]!;
    expect(opened).toMatchObject({ kind: 'breaker-opened', failures: 2 });
    await eventually(async () => {
      await statuses(1);
      expect(kinds()).toEqual(['breaker-opened', 'breaker-half-open', 'breaker-opened']);
    });
    expect(hanging.requests).toHaveLength(3);
    const lasts = (lane.events[2] as OutageEvent).until - Date.now();
    expect(lasts).toBeGreaterThan(1_000);
    expect(lasts).toBeLessThanOrEqual(2_000);
  });

  it('opens for slow responses, and takes a slow trial for a failed one', async () => {
    const slow = await Origin.start(async (connection) => {
      for (;;) {
        await connection.request();
        await new Promise((resolve) => setTimeout(resolve, 80));
        await connection.send(OK);
      }
    });
    const good = await Origin.answering(OK);
    const { lane, statuses, kinds } = await running([slow, good], {
      circuit: { ...CIRCUIT, slowPercent: 50, slowMs: 50, minimum: 2, openMs: 200 },
    });
    expect(await statuses(3)).toEqual([200, 200, 200]);
    expect(lane.events[0]).toMatchObject({ kind: 'breaker-opened', slow: 2, failures: 0 });
    await eventually(async () => {
      await statuses(1);
      expect(kinds()).toEqual(['breaker-opened', 'breaker-half-open', 'breaker-opened']);
    });
  });

  it('refuses with circuit_open while the breaker of the service is open, and says when to come again', async () => {
    const bad = await switchable(FAILING);
    const { lane, statuses, kinds } = await running([bad.origin], {
      circuit: { ...CIRCUIT, perBackend: false, perService: true, openMs: 1_500 },
    });
    expect(await statuses(4)).toEqual([500, 500, 500, 500]);
    const refused = await lane.ask(GET);
    expect([refused.status, valueOf(refused, 'retry-after')]).toEqual([503, '2']);
    expect(problemIn(refused)).toMatchObject({ reason: 'circuit_open' });
    expect(await lane.record(4)).toMatchObject({ dropReason: 'circuit_open', attempts: [] });
    bad.current.answer = OK;
    await eventually(async () => {
      await statuses(1);
      expect(kinds()).toEqual(['breaker-opened', 'breaker-half-open', 'breaker-closed']);
    });
    expect(await statuses(3)).toEqual([200, 200, 200]);
    expect(bad.origin.requests).toHaveLength(8);
  });

  it('lets one trial of the service run at a time', async () => {
    const gate = Promise.withResolvers<void>();
    let isSlow = false;
    const origin = await Origin.start(async (connection) => {
      for (;;) {
        await connection.request();
        if (isSlow) await gate.promise;
        await connection.send(isSlow ? OK : FAILING);
      }
    });
    const { lane, statuses, kinds } = await running([origin], {
      circuit: { ...CIRCUIT, perBackend: false, perService: true, openMs: 1_000 },
    });
    await statuses(4);
    isSlow = true;
    const trial = await lane.connect();
    await eventually(async () => {
      if (kinds().includes('breaker-half-open')) return;
      const response = trial.ask(GET);
      const first = await Promise.race([response, lane.event(1)]);
      expect(first).toHaveProperty('kind', 'breaker-half-open');
    });
    expect(await statuses(3)).toEqual([503, 503, 503]);
    gate.resolve();
    await lane.event(2);
    expect(kinds()).toEqual(['breaker-opened', 'breaker-half-open', 'breaker-closed']);
    trial.close();
  });

  it('in shadow keeps nobody out, records what it would have refused, and tells what it would have done', async () => {
    const bad = await Origin.answering(FAILING);
    const { lane, statuses } = await running([bad], {
      circuit: { ...CIRCUIT, perService: true, shadow: true },
      ejection: { ...EJECTION, shadow: true },
    });
    expect(new Set(await statuses(6))).toEqual(new Set([500]));
    expect(await lane.record(5)).toMatchObject({ dropReason: null, shadowReason: 'circuit_open' });
    expect((lane.events as OutageEvent[]).map(({ kind: what, shadow }) => [what, shadow])).toEqual([
      ['breaker-opened', true],
      ['breaker-opened', true],
    ]);
  });

  it('uses whom probes allow when too few are left, where that is asked for', async () => {
    const bad = await Origin.answering(FAILING);
    const good = await Origin.answering(OK);
    const { lane, statuses } = await running([bad, bad, bad, good], {
      circuit: { ...CIRCUIT, minimum: 2, openMs: 60_000, maxOpenMs: 60_000 },
      panicPercent: 40,
    });
    await statuses(12);
    lane.memory.states.setHealth(0, 0, 'unhealthy');
    const before = bad.requests.length;
    expect(new Set(await statuses(6))).toEqual(new Set([200, 500]));
    expect(bad.requests.length - before).toBe(4);
  });
});
