import type { IncomingMessage } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import { createParamDecorator } from '@nestjs/common';
import { withoutTokens } from '../../../common/secrets/index.js';
import type { Change } from '../../registry/index.js';
import { readIfMatch } from '../http/if-match.js';
import { type RawQuery, refusedParameter } from '../query.reader.js';
import { authorOf } from './author.js';

const MAX_NOTE = 1_000;

/**
 * Who changes something, why (`?note=`) and on which condition (`If-Match`). The names are query parameters that the
 * route reads itself: any other is refused. Throws REQUEST_INVALID.
 */
export const RequestedChange = createParamDecorator(
  (others: readonly string[] | undefined, context: ExecutionContext): Change => {
    const request = context.switchToHttp().getRequest<IncomingMessage & { readonly query: RawQuery }>();
    refuseUnknown(request.query, ['note', ...(others ?? [])]);
    const ifMatch = readIfMatch(request.headers['if-match']);
    return {
      author: authorOf(request),
      note: withoutTokens(noteIn(request.query)),
      ...(ifMatch === undefined ? {} : { ifMatch }),
    };
  },
);

function noteIn({ note = '' }: RawQuery): string {
  if (typeof note !== 'string') throw refusedParameter('note', 'is given more than once: give it once');
  if (note.length > MAX_NOTE) {
    throw refusedParameter('note', `is ${note.length} characters long: write at most ${MAX_NOTE}`);
  }
  return note;
}

function refuseUnknown(query: RawQuery, known: readonly string[]): void {
  const unknown = Object.keys(query).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw refusedParameter(
    unknown,
    `is not known here: only ${known.join(', ')} ${known.length === 1 ? 'is' : 'are'}`,
  );
}
