import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { mergeMap, type Observable } from 'rxjs';
import { withoutServiceSecrets } from '../../../common/secrets/index.js';
import { principalOf } from '../access/caller.js';
import { Answer } from './answer.js';

export const REVISION_HEADER = 'Velocity-Revision';
/** A body that is no text is written in YAML (RFC 9512) with it. */
export const YAML_MEDIA_TYPE = 'application/yaml; charset=utf-8';

/**
 * Turns an {@link Answer} into headers and a body, so that controllers stay free of both. What only admins may see is
 * concealed here, where every answer passes.
 */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const isAdmin = principalOf(http.getRequest<IncomingMessage>())?.role === 'admin';
    const response = http.getResponse<ServerResponse>();
    return next.handle().pipe(
      mergeMap(async (result: unknown) => {
        const answer = result instanceof Answer ? result : new Answer(result);
        setHeaders(response, answer);
        return encoded(isAdmin ? answer.body : withoutServiceSecrets(answer.body), answer.headers.mediaType);
      }),
    );
  }
}

function setHeaders(response: ServerResponse, answer: Answer): void {
  const { revision, location, mediaType } = answer.headers;
  const tag = entityTag(answer);
  if (tag !== undefined) response.setHeader('ETag', `"${tag}"`);
  if (revision !== undefined) response.setHeader(REVISION_HEADER, revision);
  if (location !== undefined) response.setHeader('Location', location);
  if (mediaType !== undefined) response.setHeader('Content-Type', mediaType);
}

async function encoded(body: unknown, mediaType: string | undefined): Promise<unknown> {
  if (mediaType !== YAML_MEDIA_TYPE || typeof body !== 'object') return body;
  const { stringify } = await import('yaml');
  return stringify(body);
}

/** What was removed has none. */
function entityTag({ body, headers }: Answer): string | number | undefined {
  return body === undefined ? undefined : (headers.tag ?? headers.revision);
}
