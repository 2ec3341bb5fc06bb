import { counted } from '../../terminal/amounts.js';
import { type BackendVisit, visit } from '../backend.visit.js';
import { type Examination, type ExaminedBackend, examinedBackends } from '../examination.js';
import { type Finding, notice, ok, problem } from '../finding.js';

const AT_ONCE = 32;
/** More are visited only when asked. */
const FEW = 200;
/** Waiting to see whether an idle connection is closed ends here, whatever `upstreamIdle` says. */
const LONGEST_WAIT_MS = 20_000;
const WAIT_MARGIN_MS = 500;
/** A date header is exact to a second, and the network takes its time. */
const CLOCK_TOLERANCE_MS = 5_000;

/** Each backend is visited once; whether it answers, how long it keeps connections, what its clock says. */
export async function checkBackends(examination: Examination): Promise<Finding[]> {
  const all = examinedBackends(examination).filter(({ isDisabled }) => !isDisabled);
  const chosen = examination.deep ? all : all.slice(0, FEW);
  const visits = await visitAll(chosen, examination.deep);
  const services = Map.groupBy(visits, ({ backend }) => backend.service);
  const left = all.length - chosen.length;
  return [
    ...[...services].flatMap(([service, ofService]) => reachability(service, ofService)),
    ...keepAlive(visits, examination.deep),
    ...clocks(visits),
    ...(left > 0
      ? [notice('backends', `${counted(left, 'backend')} not visited`, '--deep visits all.')]
      : []),
  ];
}

async function visitAll(backends: readonly ExaminedBackend[], deep: boolean): Promise<BackendVisit[]> {
  const queue = backends.entries();
  const visits: BackendVisit[] = [];
  const visitor = async () => {
    for (const [index, backend] of queue) {
      const idleMs = Math.min(backend.upstreamIdleMs + WAIT_MARGIN_MS, LONGEST_WAIT_MS);
      visits[index] = await visit(backend, deep ? idleMs : 0);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, visitor));
  return visits;
}

function reachability(service: string, visits: readonly BackendVisit[]): Finding[] {
  const answered = visits.filter(({ error }) => error === '');
  const failed = visits.filter(({ error }) => error !== '');
  const sick = answered.filter(({ status, backend }) => status >= 500 && backend.healthPath !== '');
  return [
    ...failed.map(({ backend, error }) =>
      problem(
        'backends',
        `${service}: ${backend.url}: ${error}`,
        `Start it, or take it out: velocity backends disable ${service} ${backend.url}`,
      ),
    ),
    ...sick.map(({ backend, status }) =>
      notice(
        'backends',
        `${service}: ${backend.url} answers ${status} to ${backend.healthPath}`,
        'It is unfit until its probe passes.',
      ),
    ),
    ...(answered.length > 0
      ? [
          ok(
            'backends',
            `${service}: ${answered.length} of ${counted(visits.length, 'backend')} answer from here`,
          ),
        ]
      : []),
  ];
}

/** A backend that closes an idle connection while we send the next request on it costs a repetition, or an error. */
function keepAlive(visits: readonly BackendVisit[], deep: boolean): Finding[] {
  const findings = visits.flatMap((one) => keepAliveOf(one));
  const isAsSaid = findings.length === 0 && visits.some(({ error }) => error === '');
  const how = deep ? 'as seen' : 'as far as they say';
  return isAsSaid ? [ok('keep-alive', `backends keep connections longer than we do, ${how}`)] : findings;
}

function keepAliveOf({ backend, keepAliveSeconds, closes, closedAfterMs }: BackendVisit): Finding[] {
  const { service, url, upstreamIdleMs } = backend;
  const ours = `timeouts.upstreamIdle of ${service} is ${upstreamIdleMs / 1_000} s`;
  const seen = closedAfterMs !== null && !closes ? closedAfterMs / 1_000 : null;
  const keeps = seen ?? keepAliveSeconds;
  if (keeps !== null && keeps * 1_000 <= upstreamIdleMs) {
    const how =
      seen === null
        ? `says that it closes idle connections after ${keeps} s`
        : `closed an idle connection after ${keeps.toFixed(1)} s`;
    return [
      problem(
        'keep-alive',
        `${url} ${how}, but ${ours}: requests will meet connections that are just being closed`,
        `Set timeouts.upstreamIdle below ${keeps.toFixed(1)} s, or let the backend keep connections longer.`,
      ),
    ];
  }
  if (!closes) return [];
  return [
    notice(
      'keep-alive',
      `${url} closes the connection after each answer, so that every exchange pays for a new one`,
      'Switch on keep-alive in that server.',
    ),
  ];
}

function clocks(visits: readonly BackendVisit[]): Finding[] {
  const told = visits.filter(({ clockAheadMs }) => clockAheadMs !== null);
  const wrong = told.filter(({ clockAheadMs }) => Math.abs(clockAheadMs ?? 0) > CLOCK_TOLERANCE_MS);
  if (told.length > 0 && wrong.length === 0)
    return [ok('clock', `agrees with ${counted(told.length, 'backend')}`)];
  return wrong.map(({ backend, clockAheadMs }) => {
    const seconds = Math.round((clockAheadMs ?? 0) / 1_000);
    return notice(
      'clock',
      `the clock of ${backend.url} is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} ours`,
      'Let both machines follow a time server: logs cannot be compared, and cookies expire at the wrong time.',
    );
  });
}
