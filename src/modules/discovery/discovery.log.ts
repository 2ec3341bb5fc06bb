import type { ScalingLogRecord } from '../../common/contract/index.js';
import type { ApplicationLogger } from '../logging/index.js';
import type { RegistryView } from '../registry/index.js';
import { changeOf } from './reconcile/change.note.js';
import type { ChangeUnit, SourceState } from './reconcile/plan.js';
import type { WriteOutcome } from './reconcile/change.writer.js';

/** Takes a record of the scaling log. Returns at once and never throws. */
export type RecordScaling = (record: Omit<ScalingLogRecord, 'id' | 'time'>) => void;

const KINDS: Readonly<Partial<Record<ChangeUnit['kind'], 'found' | 'lost'>>> = {
  service: 'found',
  found: 'found',
  moved: 'found',
  returned: 'found',
  lost: 'lost',
};

/** Says what discovery did and what it cannot do, in the scaling log and in the application log. */
export class DiscoveryLog {
  /** By source and service: what was last said of it. */
  private problems = new Map<string, string>();

  constructor(
    private readonly log: ApplicationLogger,
    private readonly record: RecordScaling,
  ) {}

  written({ done, refused }: WriteOutcome, view: RegistryView): void {
    if (done.length > 0) {
      const { note } = changeOf(done);
      this.log.info({ revision: view.revision.number, changes: done.length }, `discovery: ${note}`);
    }
    const counts = new Map(view.services.map(({ name, backends }) => [name, backends.length]));
    for (const unit of done) this.recordUnit(unit, counts.get(unit.service) ?? 0);
    for (const { unit, reason } of refused) this.refuse(unit, reason, counts.get(unit.service) ?? 0);
  }

  /** What has changed since it was last asked. `isWriter`: also for the scaling log, which all balancers share. */
  lookAt(states: readonly (SourceState & { readonly problem: string })[], isWriter: boolean): void {
    const now = new Map<string, string>();
    for (const { name, service, problem, findings } of states) {
      const texts = (findings?.problems ?? []).map(({ place, message }) => `${place}: ${message}`);
      const key = JSON.stringify([name, service ?? '']);
      const before = now.get(key);
      now.set(
        key,
        [before, problem, ...texts].filter((text) => text !== undefined && text !== '').join('; '),
      );
    }
    for (const [key, text] of now) {
      if (text === (this.problems.get(key) ?? '')) continue;
      const [source, service] = JSON.parse(key) as [string, string];
      if (text === '') this.log.info({ source, service }, 'discovery: the source is well again');
      else this.log.warn({ source, service, reason: text }, 'discovery: a source has a problem');
      if (isWriter) this.record({ ...ABOUT_NONE, service, kind: 'problem', instance: source, reason: text });
    }
    this.problems = now;
  }

  private recordUnit(unit: ChangeUnit, current: number): void {
    const kind = KINDS[unit.kind];
    if (kind === undefined) return;
    const { service, backend, place } = unit;
    const reason = changeOf([unit]).note ?? '';
    this.record({ ...ABOUT_NONE, service, kind, current, backend, instance: place, reason });
  }

  private refuse(unit: ChangeUnit, why: string, current: number): void {
    const { source, service, url, backend, place } = unit;
    const reason = `refused ${url === '' ? service : url} (${place}): ${why}`;
    this.log.warn({ source, service, url, reason: why }, 'discovery: a finding is refused');
    this.record({ ...ABOUT_NONE, service, kind: 'problem', current, backend, instance: place, reason });
  }
}

const ABOUT_NONE = {
  current: 0,
  desired: null,
  backend: null,
  instance: '',
  metric: null,
  metrics: {},
  limits: [],
} as const satisfies Partial<ScalingLogRecord>;
