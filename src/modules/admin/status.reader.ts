import { Injectable } from '@nestjs/common';
import type { DesiredState } from '../registry/index.js';
import { Answer } from './http/answer.js';
import { RegistryPort, SystemStatusPort } from './ports.js';
import { MAX_PAGE, type RawQuery, refusedParameter, wholeNumber } from './query.reader.js';
import type { RevisionPage } from './resources/revision.resource.js';
import type { StatusResource } from './resources/status.resource.js';

const DEFAULT_REVISIONS = 100;

/** Shows the system as a whole: its state, its desired state, and how that came to be. */
@Injectable()
export class StatusReader {
  constructor(
    private readonly registry: RegistryPort,
    private readonly system: SystemStatusPort,
  ) {}

  status(): StatusResource {
    const { workers, listeners, ledger, blocklist, accessLog, ...rest } = this.system.status();
    return {
      ...rest,
      uptimeMs: Math.max(0, Date.now() - rest.startedAt),
      memory: memoryNow(),
      persisted: this.registry.current().persisted,
      workers: [...workers],
      listeners: [...listeners],
      accessLog: { ...accessLog, outputs: [...accessLog.outputs] },
      blocklist: { ...blocklist, files: [...blocklist.files] },
      ledger: { ...ledger, droppedByReason: { ...ledger.droppedByReason } },
    };
  }

  config(): Answer<DesiredState> {
    const view = this.registry.current();
    return new Answer(view.state, { revision: view.revision.number });
  }

  async revisions(query: RawQuery): Promise<Answer<RevisionPage>> {
    refuseUnknown(query);
    const limit = wholeNumber(query, 'limit', MAX_PAGE) ?? DEFAULT_REVISIONS;
    const before = wholeNumber(query, 'before', Number.MAX_SAFE_INTEGER);
    const items = await this.registry.revisions(limit, before);
    const oldest = items.at(-1)?.number ?? 1;
    const page = {
      items: items.map((revision) => ({ ...revision, changes: [...revision.changes] })),
      next: items.length === limit && oldest > 1 ? `/api/v1/revisions?limit=${limit}&before=${oldest}` : null,
    };
    return new Answer(page, { revision: this.registry.current().revision.number });
  }
}

function memoryNow(): StatusResource['memory'] {
  const { rss, heapUsed } = process.memoryUsage();
  return { residentBytes: rss, heapBytes: heapUsed };
}

function refuseUnknown(query: RawQuery): void {
  const unknown = Object.keys(query).filter((key) => key !== 'limit' && key !== 'before');
  if (unknown.length > 0) throw refusedParameter(unknown[0]!, 'is not known here: only limit and before are');
}
