import { backendId, type BackendConfig, type BackendInput } from '../../../common/config/index.js';
import { type BackendChange, SCALING_SOURCE } from '../../registry/index.js';
import { isOwnSource } from '../source.names.js';
import { StayingBackends } from './staying.backends.js';
import { ClaimBook, type Claim } from './claim.book.js';
import { explicitDifference, settingsDifference, settingsOf } from './found.settings.js';
import type {
  ChangeUnit,
  FindingOutcome,
  FoundSettings,
  LostBackend,
  ReconcileInput,
  ReconcilePlan,
} from './plan.js';

/** A backend of the registry that some source brought. */
interface SourcedBackend {
  readonly service: string;
  readonly config: BackendConfig;
  readonly source: string;
  readonly written: BackendInput;
}

/**
 * Holds what all sources have found against what there is, and says what has to change. Pure: the same input gives the
 * same plan. It works on levels: a change that was not made is planned again the next time.
 */
export function reconcile(input: ReconcileInput): ReconcilePlan {
  return new Reconciliation(input).plan();
}

class Reconciliation {
  private readonly book: ClaimBook;
  private readonly units: ChangeUnit[] = [];
  private readonly outcomes: FindingOutcome[] = [];
  private readonly applied = new Map<string, FoundSettings>();
  private readonly lost = new Map<string, LostBackend>();
  /** Why services that sources describe cannot be. */
  private readonly serviceRefusals = new Map<string, string>();
  private readonly staying = new StayingBackends();
  private readonly vanished: SourcedBackend[] = [];
  private isDraining = false;

  constructor(private readonly input: ReconcileInput) {
    this.book = new ClaimBook(input.sources);
  }

  plan(): ReconcilePlan {
    const { state, services } = this.input.view;
    const written = new Map(state.services.map((service) => [service.name, service.backends ?? []]));
    for (const { name, backends } of services) {
      const inputs = written.get(name) ?? [];
      // A resolved service has its backends in the order in which they are written.
      backends.forEach((backend, index) => this.look(name, backend, inputs[index] ?? { url: backend.url }));
    }
    this.comeNew(new Set(written.keys()));
    for (const backend of this.vanished) this.lose(backend);
    const { units, book, applied, lost, isDraining } = this;
    const outcomes = [...this.outcomes, ...book.refused];
    return { units: inOrder(units), outcomes, memory: { applied, lost }, isDraining };
  }

  private look(service: string, config: BackendConfig, written: BackendInput): void {
    const claims = this.book.take(service, config.url);
    const { source } = config;
    if (source === null || !isOwnSource(source)) {
      this.stay(service, config);
      if (claims.length > 0) this.conflict(claims, config.id, ownerText(source));
      return;
    }
    const backend = { service, config, source, written };
    const own = claims.find((claim) => claim.source === source);
    const others = claims.filter((claim) => claim !== own);
    if (own !== undefined) {
      this.stay(service, config);
      this.keep(backend, own);
      this.conflict(others, config.id, ownerText(source));
    } else if (this.book.stateOf(source, service) === 'silent') {
      this.stay(service, config);
      this.remember(config.id);
      this.conflict(others, config.id, `${ownerText(source)}, which has not answered yet`);
    } else if (others[0] !== undefined) {
      this.stay(service, config);
      this.move(backend, others[0]);
      this.conflict(others.slice(1), config.id, ownerText(others[0].source));
    } else {
      this.vanished.push(backend);
    }
  }

  private stay(service: string, { id, state, weight }: BackendConfig): void {
    if (state === 'enabled' && weight > 0) this.staying.add(service, this.input.fitnessOf(id));
  }

  /** Its source has it: what changed there is patched, and nothing else. */
  private keep(backend: SourcedBackend, claim: Claim): void {
    const { config } = backend;
    const lost = this.lostBefore(config.id);
    const isBack = lost?.isDrainedByUs === true && config.state === 'draining';
    const settings = settingsOf(claim.found.backend);
    const patch = this.patchFor(backend, settings);
    const isChanged = Object.keys(patch).length > 0;
    if (!isChanged) this.applied.set(config.id, settings);
    let refusal = '';
    if (isBack || isChanged) {
      const changes = [this.patch(backend, isBack ? { ...patch, state: 'enabled' } : patch)];
      const unit = unitOf(isBack ? 'returned' : 'changed', backend, claim.found.place);
      refusal = this.add({ ...unit, settings, changes });
      if (lost !== undefined) this.lost.set(config.id, lost);
      if (isChanged) this.keepApplied(config.id);
    }
    this.outcome(claim, config.id, refusal === '' ? stateText(config, isBack) : refusal, config.state);
  }

  private patchFor({ config, written }: SourcedBackend, settings: FoundSettings): FoundSettings {
    const before = this.input.memory.applied.get(config.id);
    if (before !== undefined) return settingsDifference(before, settings, written);
    return this.input.isWriter ? explicitDifference(settings, written) : {};
  }

  /** The source that brought it has it no more, or is not configured any more; another one has it. */
  private move(backend: SourcedBackend, claim: Claim): void {
    const { config, service, written } = backend;
    const isBack = this.lostBefore(config.id)?.isDrainedByUs === true && config.state === 'draining';
    const { state, ...rest } = written;
    const settings = settingsOf(claim.found.backend);
    const difference = explicitDifference(settings, written);
    const kept = isBack || state === undefined ? {} : { state };
    const input = { ...rest, ...difference, ...kept, source: claim.source };
    const changes: BackendChange[] = [
      { kind: 'remove', service, backend: config.id },
      { kind: 'add', service, backend: input },
    ];
    const refusal = this.add({
      ...unitOf('moved', backend, claim.found.place),
      source: claim.source,
      settings,
      changes,
    });
    this.outcome(claim, config.id, refusal, config.state);
  }

  /** Its source has it no more. */
  private lose(backend: SourcedBackend): void {
    const { config, source, service } = backend;
    const lost = this.lossOf(config);
    this.lost.set(config.id, lost);
    this.keepApplied(config.id);
    this.isDraining = true;
    const isGone = this.book.stateOf(source, service) === 'gone';
    const place = isGone ? 'a source that is configured no more' : source;
    const why = isGone ? 'its source is configured no more' : 'its source has it no more';
    let detail = `${why}; it is removed when nothing runs there`;
    let refusal = '';
    if (lost.drainsSince === null) {
      if (this.staying.canTakeOver(service, this.input.now - lost.since)) {
        const changes = [this.patch(backend, { state: 'draining' })];
        refusal = this.add({ ...unitOf('lost', backend, place), changes });
      } else {
        detail = `${why}; it drains when what replaces it has passed its first probe`;
      }
    } else if (this.input.isDrained(config.id, lost.drainsSince)) {
      const changes: BackendChange[] = [{ kind: 'remove', service, backend: config.id }];
      refusal = this.add({ ...unitOf('removed', backend, place), changes });
    }
    const { id, url } = config;
    detail = refusal === '' ? detail : refusal;
    this.outcomes.push({ source, service, url, place: '', backend: id, status: 'draining', detail });
  }

  private lossOf({ id, state }: BackendConfig): LostBackend {
    const { now } = this.input;
    const known = this.lostBefore(id);
    const since = known?.since ?? now;
    // Somebody who enables a lost one gains nothing by it.
    if (state === 'enabled') return { since, drainsSince: null, isDrainedByUs: true };
    const isDrainedByUs = known?.isDrainedByUs ?? false;
    return { since, drainsSince: known?.drainsSince ?? now, isDrainedByUs };
  }

  /** Claims on backends that are not there. */
  private comeNew(existing: ReadonlySet<string>): void {
    const announced = this.newServices(existing);
    for (const [first, ...others] of this.book.rest()) {
      if (first === undefined) continue;
      const { service } = first.found;
      if (existing.has(service) || announced.has(service)) {
        const refusal = this.addNew(first);
        this.outcome(first, null, refusal === '' ? 'not stored yet' : refusal);
        this.conflict(others, null, ownerText(first.source));
      } else {
        const refusal = this.serviceRefusals.get(service) ?? `there is no service ${service}`;
        for (const claim of [first, ...others]) this.outcome(claim, null, refusal);
      }
    }
  }

  /** Services that sources describe and that are not there: they come with their backends. */
  private newServices(existing: ReadonlySet<string>): ReadonlySet<string> {
    const announced = new Set<string>();
    for (const { name, hosts, paths, place, source } of this.book.services.values()) {
      if (existing.has(name)) continue;
      const service = {
        name,
        ...(hosts.length > 0 ? { hosts: [...hosts] } : {}),
        ...(paths.length > 0 ? { paths: [...paths] } : {}),
        backends: [],
      };
      const changes: BackendChange[] = [{ kind: 'service', service }];
      const refusal = this.add({
        kind: 'service',
        source,
        service: name,
        url: '',
        backend: null,
        place,
        settings: null,
        changes,
      });
      if (refusal === '') announced.add(name);
      else this.serviceRefusals.set(name, refusal);
    }
    return announced;
  }

  private addNew({ source, found, url }: Claim): string {
    const { service, backend, place } = found;
    const change: BackendChange = { kind: 'add', service, backend: { ...backend, url, source } };
    const id = backendId(service, url);
    const settings = settingsOf(backend);
    this.staying.add(service, 'undecided');
    return this.add({
      kind: 'found',
      source,
      service,
      url,
      backend: id,
      place,
      settings,
      changes: [change],
    });
  }

  private patch(
    { service, config }: SourcedBackend,
    patch: FoundSettings & { state?: BackendInput['state'] },
  ) {
    return { kind: 'patch', service, backend: config.id, patch } as const;
  }

  /** Plans a unit, unless it was refused as it is; then the reason. */
  private add(unit: ChangeUnit): string {
    const refusal = this.input.refusalOf(unit);
    if (refusal === '') this.units.push(unit);
    return refusal;
  }

  private remember(id: string): void {
    this.keepApplied(id);
    const lost = this.lostBefore(id);
    if (lost !== undefined) this.lost.set(id, lost);
  }

  private keepApplied(id: string): void {
    const applied = this.input.memory.applied.get(id);
    if (applied !== undefined) this.applied.set(id, applied);
  }

  private lostBefore(id: string): LostBackend | undefined {
    return this.input.memory.lost.get(id);
  }

  private conflict(claims: readonly Claim[], backend: string | null, owner: string): void {
    for (const { source, found, url } of claims) {
      const { service, place } = found;
      const detail = `there is a backend with this URL already, ${owner}: it stays as it is`;
      this.outcomes.push({ source, service, url, place, backend, status: 'conflict', detail });
    }
  }

  /** @param state Of the backend; absent: there is none. */
  private outcome(
    { source, found, url }: Claim,
    backend: string | null,
    detail: string,
    state?: BackendConfig['state'],
  ): void {
    const { service, place } = found;
    const present = state === 'draining' ? 'draining' : 'added';
    const status = state === undefined ? 'refused' : present;
    this.outcomes.push({ source, service, url, place, backend, status, detail });
  }
}

function unitOf(
  kind: ChangeUnit['kind'],
  { source, service, config }: SourcedBackend,
  place: string,
): Omit<ChangeUnit, 'changes'> {
  return { kind, source, service, url: config.url, backend: config.id, place, settings: null };
}

function ownerText(source: string | null): string {
  if (source === null) return 'typed in';
  return source === SCALING_SOURCE ? 'started by scaling' : `brought by ${source}`;
}

function stateText({ state }: BackendConfig, isBack: boolean): string {
  if (state === 'enabled') return '';
  if (isBack) return 'found again; it is enabled at once';
  return `set to ${state} by hand: it stays so until somebody enables it`;
}

const ORDER: readonly ChangeUnit['kind'][] = [
  'service',
  'found',
  'moved',
  'returned',
  'changed',
  'lost',
  'removed',
];

/** What comes goes before what leaves: no state in between is without a backend. */
function inOrder(units: readonly ChangeUnit[]): readonly ChangeUnit[] {
  return ORDER.flatMap((kind) => units.filter((unit) => unit.kind === kind));
}
