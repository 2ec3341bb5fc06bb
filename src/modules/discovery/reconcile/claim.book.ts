import { broughtBackendProblem, normalisedBackendUrl } from '../../../common/config/index.js';
import type { FoundBackend, FoundService } from '../found.js';
import type { FindingOutcome, SourceState } from './plan.js';

/** A finding that is valid by itself. */
export interface Claim {
  readonly source: string;
  readonly found: FoundBackend;
  /** Normalised. */
  readonly url: string;
}

/** Who claims which backend: all findings of all sources, by service and URL. */
export class ClaimBook {
  /** Findings that nobody can use. */
  readonly refused: FindingOutcome[] = [];
  /** Services that sources describe; the first description of a name counts. */
  readonly services = new Map<string, FoundService & { readonly source: string }>();
  private readonly claims = new Map<string, Claim[]>();
  private readonly entries = new Map<string, SourceState[]>();

  constructor(sources: readonly SourceState[]) {
    for (const source of sources) this.enter(source);
  }

  /** The claims on one backend, which are then dealt with. */
  take(service: string, url: string): readonly Claim[] {
    const key = keyOf(service, url);
    const claims = this.claims.get(key) ?? [];
    this.claims.delete(key);
    return claims;
  }

  /** Claims that were not taken. */
  rest(): readonly (readonly Claim[])[] {
    return [...this.claims.values()];
  }

  /** Whether a source can say that a backend of the service has vanished, has to answer first, or is not configured. */
  stateOf(source: string, service: string): 'answered' | 'silent' | 'gone' {
    const entries = (this.entries.get(source) ?? []).filter(
      (entry) => entry.service === null || entry.service === service,
    );
    if (entries.length === 0) return 'gone';
    return entries.every(({ findings }) => findings !== null) ? 'answered' : 'silent';
  }

  private enter(source: SourceState): void {
    const { name, findings } = source;
    const entries = this.entries.get(name);
    if (entries === undefined) this.entries.set(name, [source]);
    else entries.push(source);
    for (const service of findings?.services ?? [])
      if (!this.services.has(service.name)) this.services.set(service.name, { ...service, source: name });
    for (const found of findings?.backends ?? []) this.claim(name, found);
  }

  private claim(source: string, found: FoundBackend): void {
    const { service, backend, place } = found;
    const url = normalisedBackendUrl(backend.url);
    const problem = broughtBackendProblem(backend);
    if (url === null || problem !== '') {
      this.refuse({ source, service, url: backend.url, place, detail: problem });
      return;
    }
    const key = keyOf(service, url);
    const claims = this.claims.get(key);
    const twin = claims?.find((claim) => claim.source === source);
    if (twin !== undefined)
      this.refuse({ source, service, url, place, detail: `found twice: ${twin.found.place} counts` });
    else if (claims === undefined) this.claims.set(key, [{ source, found, url }]);
    else claims.push({ source, found, url });
  }

  private refuse(finding: Omit<FindingOutcome, 'status' | 'backend'>): void {
    this.refused.push({ ...finding, backend: null, status: 'refused' });
  }
}

function keyOf(service: string, url: string): string {
  return `${service}\n${url}`;
}
