import type { ServerResponse } from 'node:http';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { type Observable, tap } from 'rxjs';
import type { AdminRequest } from '../http/answer-head.js';
import { Answer } from '../http/answer.js';
import { RequestAuditor } from './request.auditor.js';

/** Records each change that a handler has made. Refusals pass the problem filter, which records them. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(private readonly auditor: RequestAuditor) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<AdminRequest>();
    const response = http.getResponse<ServerResponse>();
    return next.handle().pipe(
      tap((result: unknown) => {
        const { revision = null, location } = result instanceof Answer ? result.headers : {};
        this.auditor.done(request, response, { status: response.statusCode, location, revision });
      }),
    );
  }
}
