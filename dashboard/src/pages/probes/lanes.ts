import type { HealthLogRecord } from '../../api/types';

export type LaneState = 'unknown' | 'healthy' | 'unhealthy' | 'ejected' | 'breaker';

/** A stretch of time in one state. Unix milliseconds. */
export interface Stretch {
  readonly state: LaneState;
  readonly from: number;
  readonly to: number;
}

/** How a backend, or the breaker of a whole service (`backend` empty), fared over a time. */
export interface Lane {
  readonly service: string;
  readonly backend: string;
  readonly url: string;
  readonly stretches: readonly Stretch[];
  /** Records of the time. */
  readonly events: number;
  readonly isFlapping: boolean;
}

export interface LaneSubject {
  readonly service: string;
  readonly backend: string;
  readonly url: string;
  readonly now: LaneState;
}

/** So many changes of health within so long are flapping: nobody mends and breaks a server that often. */
const FLAPS = 4;
const FLAP_WINDOW_MS = 600_000;

/** A lane for each subject and for whatever records speak of besides; the ones with the most to tell first. */
export function lanesOf(
  subjects: readonly LaneSubject[],
  records: readonly HealthLogRecord[],
  range: { readonly from: number; readonly to: number },
): Lane[] {
  const known = new Map(subjects.map((subject) => [keyOf(subject), subject]));
  const grouped = Map.groupBy(records, keyOf);
  for (const [key, [first]] of grouped) {
    if (!known.has(key)) known.set(key, { ...first!, now: 'unknown' });
  }
  const lanes = [...known].map(([key, subject]) => laneOf(subject, grouped.get(key) ?? [], range));
  return lanes
    .filter(({ backend, events }) => backend !== '' || events > 0)
    .toSorted(
      (a, b) =>
        Number(b.isFlapping) - Number(a.isFlapping) ||
        b.events - a.events ||
        a.service.localeCompare(b.service) ||
        a.url.localeCompare(b.url, 'en', { numeric: true }),
    );
}

function keyOf({ service, backend }: { service: string; backend: string }): string {
  return `${service}\n${backend}`;
}

function laneOf(
  { service, backend, url, now }: LaneSubject,
  records: readonly HealthLogRecord[],
  { from, to }: { readonly from: number; readonly to: number },
): Lane {
  const sorted = records.toSorted((a, b) => a.time - b.time);
  const stretches: Stretch[] = [];
  const state = firstState(sorted, now);
  let [shown, since] = [shownState(state), from];
  for (const record of sorted) {
    note(state, record);
    const next = shownState(state);
    if (next === shown) continue;
    if (record.time > since) stretches.push({ state: shown, from: since, to: record.time });
    [shown, since] = [next, Math.max(from, record.time)];
  }
  if (to > since) stretches.push({ state: shown, from: since, to });
  return { service, backend, url, stretches, events: records.length, isFlapping: isFlapping(sorted) };
}

interface Condition {
  health: HealthLogRecord['health'];
  isEjected: boolean;
  isOpen: boolean;
}

/** Before the first record: what it changed from. Without any: as it is now. */
function firstState(sorted: readonly HealthLogRecord[], now: LaneState): Condition {
  const first = (kind: HealthLogRecord['kind']) => sorted.find((record) => record.kind === kind);
  const health = first('change')?.previous ?? sorted[0]?.health;
  const isKnown = now === 'healthy' || now === 'unhealthy';
  return {
    health: health ?? (isKnown ? now : now === 'unknown' ? 'unknown' : 'healthy'),
    isEjected: first('ejection')?.passed ?? now === 'ejected',
    isOpen: first('breaker')?.passed ?? now === 'breaker',
  };
}

function note(state: Condition, { kind, passed, health }: HealthLogRecord): void {
  if (kind === 'change') state.health = health;
  else if (kind === 'ejection') state.isEjected = !passed;
  else if (kind === 'breaker') state.isOpen = !passed;
}

/** The worst that is so. */
function shownState({ health, isEjected, isOpen }: Condition): LaneState {
  if (health === 'unhealthy') return 'unhealthy';
  if (isEjected) return 'ejected';
  return isOpen ? 'breaker' : health;
}

function isFlapping(sorted: readonly HealthLogRecord[]): boolean {
  const times = sorted
    .filter(({ kind, previous }) => kind !== 'probe' && previous !== 'unknown')
    .map(({ time }) => time);
  return times.some(
    (time, index) => (times[index + FLAPS - 1] ?? Number.POSITIVE_INFINITY) - time <= FLAP_WINDOW_MS,
  );
}

/** How long a lane was in each state, the longest first. */
export function sharesOf({ stretches }: Lane): readonly (readonly [LaneState, number])[] {
  const sums = new Map<LaneState, number>();
  for (const { state, from, to } of stretches) sums.set(state, (sums.get(state) ?? 0) + to - from);
  return [...sums].toSorted(([, a], [, b]) => b - a);
}
