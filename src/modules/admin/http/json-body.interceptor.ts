import type { IncomingMessage } from 'node:http';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Injectable, UseInterceptors } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { readJsonBody } from './json-body.reader.js';

/**
 * Reads the body of the routes that have one. An interceptor, because it runs after the guards (nobody without the
 * token makes us read a body) and before the parameters are taken from the request.
 */
@Injectable()
export class JsonBodyInterceptor implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<IncomingMessage & { body?: unknown }>();
    request.body = await readJsonBody(request);
    return next.handle();
  }
}

/** Marks a route whose `@Body()` is a JSON resource. */
export const JsonBody = () => UseInterceptors(JsonBodyInterceptor);
