import { ERROR_CATALOGUE, isVelocityError } from '../common/errors/index.js';
import type { AuditEntry } from '../modules/logging/index.js';
import type { Revision } from '../modules/registry/index.js';

/** Where audit entries go. */
export interface AuditSink {
  record(entry: AuditEntry): void;
}

/** Records what became of each application of the configuration file. */
export class FileAuditor {
  constructor(
    private readonly sink: AuditSink,
    private readonly path: string,
  ) {}

  /** `revision` is what the registry is at after an application that began at `since` (Unix milliseconds). */
  applied(revision: Revision, since: number): void {
    const isOwn = revision.author === this.path && revision.time >= since;
    this.record({ outcome: 'done', code: '', revision: isOwn ? revision.number : null });
  }

  /** `error`: why it is refused. */
  refused(error: unknown): void {
    const code = isVelocityError(error) ? error.code : 'INTERNAL';
    const outcome = ERROR_CATALOGUE[code].status < 500 ? 'refused' : 'failed';
    this.record({ outcome, code, revision: null });
  }

  private record(result: Pick<AuditEntry, 'outcome' | 'code' | 'revision'>): void {
    this.sink.record({
      ...result,
      actor: this.path,
      role: null,
      tokenId: null,
      address: '',
      action: 'file',
      resource: this.path,
      status: 0,
      note: '',
      requestId: '',
    });
  }
}
