import type { ServerResponse } from 'node:http';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { Answer } from './answer.js';

export const REVISION_HEADER = 'Velocity-Revision';

/** Turns an {@link Answer} into headers and a body, so that controllers stay free of both. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<ServerResponse>();
    return next.handle().pipe(
      map((result: unknown) => {
        if (!(result instanceof Answer)) return result;
        const { revision, location, mediaType } = result.headers;
        const tag = entityTag(result);
        if (tag !== undefined) response.setHeader('ETag', `"${tag}"`);
        if (revision !== undefined) response.setHeader(REVISION_HEADER, revision);
        if (location !== undefined) response.setHeader('Location', location);
        if (mediaType !== undefined) response.setHeader('Content-Type', mediaType);
        return result.body;
      }),
    );
  }
}

/** What was removed has none. */
function entityTag({ body, headers }: Answer): string | number | undefined {
  return body === undefined ? undefined : (headers.tag ?? headers.revision);
}
