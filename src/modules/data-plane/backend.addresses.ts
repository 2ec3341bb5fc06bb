import type { BackendSnapshot } from '../../common/contract/index.js';
import type { Publication, PublicationSource } from './publication.js';

/** Where backends are, by id: of what is published. */
export class BackendAddresses {
  private backends: ReadonlyMap<string, BackendSnapshot> = new Map();
  private publication: Publication | null = null;

  constructor(private readonly publications: PublicationSource) {}

  /** null: the backend is gone. */
  of(id: string): BackendSnapshot | null {
    const current = this.publications.current();
    if (current !== this.publication) {
      this.publication = current;
      const backends = (current?.services ?? []).flatMap(({ snapshot }) => snapshot.backends);
      this.backends = new Map(backends.map((backend) => [backend.id, backend]));
    }
    return this.backends.get(id) ?? null;
  }
}
