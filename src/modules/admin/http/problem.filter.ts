import type { ServerResponse } from 'node:http';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch, HttpException, Logger } from '@nestjs/common';
import { isVelocityError } from '../../../common/errors/index.js';
import { redactedUrl } from '../../../common/secrets/index.js';
import { RequestAuditor } from '../audit/request.auditor.js';
import { type AdminRequest, pathOf, prepareAnswer } from './answer-head.js';
import { problemOf, type ProblemCause } from './problem.js';
import { requestIdOf } from './request-id.js';
import { RouteTable } from './route.table.js';

/** How long a client should wait for the store: its reconnects are seconds apart. */
const STORE_RETRY_SECONDS = 5;

/** Answers every failure of the admin API as a problem. Unexpected ones are logged with their request id and show nothing. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('AdminApi');

  constructor(
    private readonly routes: RouteTable,
    private readonly auditor: RequestAuditor,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<AdminRequest>();
    const response = http.getResponse<ServerResponse>();
    // Express refuses a path that it cannot decode before any middleware sees the request.
    if (!response.headersSent) prepareAnswer(request, response);
    const cause = this.causeOf(error, request, response);
    if (cause.code === 'INTERNAL') {
      this.log.error(
        { err: error, requestId: requestIdOf(response), url: redactedUrl(request.originalUrl ?? '') },
        'request failed',
      );
    }
    const problem = problemOf(cause, requestIdOf(response));
    this.auditor.refused(request, response, problem);
    if (response.headersSent) return void response.destroy();
    if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="velocity"');
    if (cause.code === 'STORE_UNAVAILABLE') response.setHeader('Retry-After', STORE_RETRY_SECONDS);
    response.statusCode = problem.status;
    response.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
    response.end(JSON.stringify(problem));
  }

  private causeOf(error: unknown, request: AdminRequest, response: ServerResponse): ProblemCause {
    if (isVelocityError(error)) return { code: error.code, detail: error.message, issues: error.issues };
    const status = error instanceof HttpException ? error.getStatus() : 500;
    if (status === 404) return this.unknownRoute(request, response);
    if (status === 400) {
      return {
        code: 'REQUEST_INVALID',
        detail: 'The path has an escape that is no UTF-8: send it percent-encoded.',
      };
    }
    return {
      code: 'INTERNAL',
      detail: 'The admin API failed here; the log has the reason under this request id.',
    };
  }

  private unknownRoute(request: AdminRequest, response: ServerResponse): ProblemCause {
    const method = request.method ?? 'GET';
    const path = pathOf(request);
    const allowed = this.routes.methodsOf(path);
    if (allowed.length > 0) {
      response.setHeader('Allow', allowed.join(', '));
      return { code: 'METHOD_NOT_ALLOWED', detail: `${path} takes ${allowed.join(', ')}, not ${method}.` };
    }
    const nearest = this.routes.nearest(path);
    const hint = nearest === null ? '.' : `; did you mean ${nearest}?`;
    return { code: 'ROUTE_NOT_FOUND', detail: `There is no ${path}${hint} All routes are in /docs.` };
  }
}
