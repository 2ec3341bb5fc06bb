import { zstdDecompressSync } from 'node:zlib';
import { VelocityError } from '../../../common/errors/index.js';
import type { DesiredState } from '../desired-state.js';
import { statePrint } from '../prints.js';
import type { RevisionContent } from '../registry-store.js';
import { CONTENT_FORMAT } from './content.writer.js';
import { stateAfter, type StateDifference } from './state-difference.js';

/** No content of ours is larger: beyond it, the data is damaged. */
const MAX_BYTES = 256 * 1_024 * 1_024;

/**
 * The state of a revision, from the contents up to it as the store gave them. Throws REVISION_UNREADABLE when it has no
 * content, when that was written by a newer Velocity, or is damaged: what is answered is what was stored, byte for byte.
 */
export function readContent(number: number, contents: readonly RevisionContent[]): DesiredState {
  const last = contents.at(-1);
  if (last === undefined) {
    throw unreadable(
      number,
      'it was made by a Velocity that did not keep the contents of revisions, only what changed',
    );
  }
  const newer = contents.find(({ format }) => format > CONTENT_FORMAT);
  if (newer !== undefined) {
    const formats = `format ${newer.format}, this one reads up to ${CONTENT_FORMAT}`;
    throw unreadable(number, `it was made by a newer Velocity (${formats}): use that one to bring it back`);
  }
  const state = replay(number, contents);
  if (statePrint(state).digest !== last.digest) throw damaged(number);
  return state;
}

function replay(number: number, contents: readonly RevisionContent[]): DesiredState {
  const isUnbroken = contents.every(
    (content, index) => content.number === content.start + index && content.start === contents[0]?.start,
  );
  if (!isUnbroken || contents.at(-1)?.number !== number) throw damaged(number);
  try {
    const [whole, ...differences] = contents.map(parsed);
    let state = whole as DesiredState;
    for (const difference of differences) state = stateAfter(state, difference as StateDifference);
    return state;
  } catch (cause) {
    throw damaged(number, cause);
  }
}

function parsed({ parts }: RevisionContent): unknown {
  return JSON.parse(zstdDecompressSync(Buffer.concat(parts), { maxOutputLength: MAX_BYTES }).toString());
}

function damaged(number: number, cause?: unknown): VelocityError {
  return unreadable(
    number,
    'what the store holds of it is damaged: restore it from a backup of the store',
    cause,
  );
}

function unreadable(number: number, reason: string, cause?: unknown): VelocityError {
  return new VelocityError('REVISION_UNREADABLE', `Revision ${number} cannot be read: ${reason}.`, { cause });
}
