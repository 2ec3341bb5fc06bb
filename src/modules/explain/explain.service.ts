import type { AccessLogRecord, SharedMemory } from '../../common/contract/index.js';
import { VelocityError } from '../../common/errors/index.js';
import type { BlocklistPublisher, PublicationSource } from '../data-plane/index.js';
import type { AccessLogStore } from '../logging/index.js';
import type { AskedRequest } from './asked.request.js';
import type { Explained } from './explain.stage.js';
import { findRecords } from './record.finder.js';
import { decisionSentences } from './sentences/decision.sentences.js';
import { endSentence, NO_DECISION, outcomeSentences } from './sentences/outcome.sentences.js';

type RerunPick = (typeof import('../balancer/index.js'))['rerunPick'];

/** A recorded exchange, and why it went the way it went. */
export interface ExplainedRecord {
  readonly record: AccessLogRecord;
  /** Plain sentences, in the order of the phases. */
  readonly lines: readonly string[];
  /** Whether the algorithm picks the same once more from what is recorded; null: no decision was kept. */
  readonly reruns: boolean | null;
}

export interface ExplainedRequest extends Explained {
  readonly request: AskedRequest;
  readonly lines: readonly string[];
}

export interface ExplainParts {
  readonly memory: SharedMemory;
  readonly publications: PublicationSource;
  readonly blocklist: Pick<BlocklistPublisher, 'images'>;
  readonly accessLog: Pick<AccessLogStore, 'query'>;
}

/**
 * Says why an exchange went the way it went, and what would become of one now. What it needs of the data plane is loaded
 * with the first question.
 */
export class ExplainService {
  constructor(private readonly parts: ExplainParts) {}

  /** By request id or record id, the newest first. Rejects with RECORD_NOT_FOUND and STORE_UNAVAILABLE. */
  async recorded(id: string): Promise<readonly ExplainedRecord[]> {
    const records = await findRecords(this.parts.accessLog, id);
    if (records.length > 0) {
      const { rerunPick } = await import('../balancer/index.js');
      return records.map((record) => explained(record, rerunPick));
    }
    throw new VelocityError(
      'RECORD_NOT_FOUND',
      `No exchange with the request id or record id ${JSON.stringify(id)} is in the access log. ` +
        'Its record may not be stored yet (try again in a moment), left out by accessLog.sample, older than accessLog.retention, or of a balancer with another store.',
    );
  }

  /** What would become of a request now. Changes no counter. Rejects with STORE_UNAVAILABLE before a configuration runs. */
  async now(request: AskedRequest): Promise<ExplainedRequest> {
    const { memory, publications, blocklist } = this.parts;
    const publication = publications.current();
    if (publication === null) throw new VelocityError('STORE_UNAVAILABLE', 'No configuration runs yet.');
    const { ExplainStage } = await import('./explain.stage.js');
    const stage = new ExplainStage(memory, publication.snapshot, blocklist.images);
    const told = stage.explain(request);
    const [path = ''] = request.path.split('?', 1);
    const { method, host } = request;
    const { client } = told.outcome;
    const lines = decisionSentences(told.decision, { method, host, path, client });
    return { request, ...told, lines: [...lines, ...outcomeSentences(told)] };
  }
}

/** @param rerunPick As the balancer exports it. */
function explained(record: AccessLogRecord, rerunPick: RerunPick): ExplainedRecord {
  // Records of earlier builds have no such field.
  const decision = record.decision ?? null;
  const lines = decision === null ? [NO_DECISION] : decisionSentences(decision, record);
  const reruns = decision === null ? null : decision.picks.every((pick) => rerunPick(pick) === pick.backend);
  return { record: { ...record, decision }, lines: [...lines, endSentence(record)], reruns };
}
