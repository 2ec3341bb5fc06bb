import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { YAML_MEDIA_TYPE } from './answer.interceptor.js';
import { Answer } from './answer.js';

const YAML_TYPES = /(?:^|[,\s])(?:application|text)\/(?:x-)?yaml(?:[;,\s]|$)/i;

/** Answers YAML (RFC 9512) instead of JSON when the request accepts it by name. */
@Injectable()
export class YamlInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const response = http.getResponse<ServerResponse>();
    response.setHeader('Vary', 'Accept');
    if (!YAML_TYPES.test(http.getRequest<IncomingMessage>().headers.accept ?? '')) return next.handle();
    return next
      .handle()
      .pipe(map(({ body, headers }: Answer) => new Answer(body, { ...headers, mediaType: YAML_MEDIA_TYPE })));
  }
}
