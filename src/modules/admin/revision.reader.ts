import { Injectable } from '@nestjs/common';
import { VelocityError } from '../../common/errors/index.js';
import { statePatch } from '../changes/index.js';
import { changeLines, type DesiredState, EMPTY_STATE, type Revision } from '../registry/index.js';
import { refuseOthers } from './change.query.js';
import { Answer } from './http/answer.js';
import { RegistryPort } from './ports.js';
import type { RawQuery } from './query.reader.js';
import type { RevisionDiffResource } from './resources/change.resource.js';

const CURRENT = 'current';

/** Shows revisions, what they held, and what they differ in. Rejects with REVISION_NOT_FOUND and REVISION_UNREADABLE. */
@Injectable()
export class RevisionReader {
  constructor(private readonly registry: RegistryPort) {}

  async revision(number: string): Promise<Answer<Revision>> {
    const revision = await this.registry.revision(revisionNumber(number));
    return new Answer(revision, { revision: revision.number });
  }

  async config(number: string): Promise<Answer<DesiredState>> {
    const revision = revisionNumber(number);
    return new Answer(await this.registry.stateAt(revision), { revision });
  }

  /** What makes the one of `against` into the one of the path. */
  async diff(number: string, query: RawQuery): Promise<Answer<RevisionDiffResource>> {
    refuseOthers(query, ['against']);
    const to = revisionNumber(number);
    const from = this.baseOf(to, query['against']);
    // The newer one first: that it does not exist says more than that the one before it does not.
    const after = await this.registry.stateAt(to);
    const before = from === 0 ? EMPTY_STATE : await this.registry.stateAt(from);
    const [changes, patch] = [[...changeLines(before, after)], await statePatch(before, after)];
    return new Answer({ from, to, changes, patch }, { revision: to });
  }

  /** Before the first revision there was nothing: 0. */
  private baseOf(number: number, against: unknown): number {
    if (against === undefined) return number - 1;
    if (against === CURRENT) return this.registry.current().revision.number;
    return revisionNumber(String(against));
  }
}

/** Throws REVISION_NOT_FOUND for what is no number at all, too: no revision has that name. */
export function revisionNumber(text: string): number {
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text);
  throw new VelocityError(
    'REVISION_NOT_FOUND',
    `There is no revision ${JSON.stringify(text.slice(0, 50))}: GET /api/v1/revisions lists them by number.`,
  );
}
