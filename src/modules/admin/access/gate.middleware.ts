import type { ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { RequestAuditor } from '../audit/request.auditor.js';
import { type AdminRequest, pathOf, prepareAnswer } from '../http/answer-head.js';
import { HostCheck } from './host.check.js';

/** What every request passes first, also one for a route that does not exist: request id, headers, Host and Origin. */
@Injectable()
export class GateMiddleware implements NestMiddleware {
  constructor(
    private readonly hosts: HostCheck,
    private readonly auditor: RequestAuditor,
  ) {}

  use(request: AdminRequest, response: ServerResponse, next: () => void): void {
    const path = pathOf(request);
    this.auditor.begun(request);
    prepareAnswer(request, response);
    // Answers, files aside, show live state: even at the same revision none is ever "not modified".
    if (!path.startsWith('/docs/') && !path.startsWith('/assets/')) delete request.headers['if-none-match'];
    this.hosts.check(request, path);
    next();
  }
}
