import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { AuditEntry } from '../../logging/index.js';
import { addressOf, isRead, principalOf } from '../access/caller.js';
import { type AdminRequest, pathOf } from '../http/answer-head.js';
import type { Problem } from '../http/problem.js';
import { requestIdOf } from '../http/request-id.js';
import { RouteTable } from '../http/route.table.js';
import { AuditPort } from '../ports.js';

/** Statuses that say who may not ask: what refused reads are recorded for. */
const REFUSED_CALLER: readonly number[] = [401, 403, 421, 429];
const MAX_NOTE = 1_000;

export interface DoneChange {
  readonly status: number;
  /** Path of what was made; undefined: what the request names was changed. */
  readonly location?: string;
  /** null: it made none. */
  readonly revision: number | null;
}

/**
 * Records what requests changed, and what they were refused. It hears of the beginning and the end of each request, so it
 * also knows when none is left that could still change something: later than their connections are gone.
 */
@Injectable()
export class RequestAuditor {
  private readonly running = new Set<AdminRequest>();
  private readonly idle = new Set<() => void>();

  constructor(
    private readonly audit: AuditPort,
    private readonly routes: RouteTable,
  ) {}

  begun(request: AdminRequest): void {
    this.running.add(request);
  }

  /** Resolves when no request runs any more, or at the deadline. */
  async settled(deadlineMs: number): Promise<void> {
    if (this.running.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.idle.add(resolve);
    const timer = setTimeout(resolve, deadlineMs);
    await promise;
    clearTimeout(timer);
    this.idle.delete(resolve);
  }

  /** A handler has answered; the client may be gone by now, and the change stands all the same. */
  done(request: AdminRequest, response: ServerResponse, { status, location, revision }: DoneChange): void {
    if (!isRead(request)) {
      const about = this.about(request, response);
      const resource = location ?? about.resource;
      this.audit.record({ ...about, resource, outcome: 'done', status, code: '', revision });
    }
    this.end(request);
  }

  refused(request: AdminRequest, response: ServerResponse, { status, code }: Problem): void {
    if (!isRead(request) || REFUSED_CALLER.includes(status)) {
      const outcome = status < 500 ? 'refused' : 'failed';
      this.audit.record({ ...this.about(request, response), outcome, status, code, revision: null });
    }
    this.end(request);
  }

  private end(request: AdminRequest): void {
    this.running.delete(request);
    if (this.running.size === 0) for (const resolve of this.idle) resolve();
  }

  private about(request: AdminRequest, response: ServerResponse): RequestFacts {
    const principal = principalOf(request);
    const method = request.method ?? 'GET';
    const path = pathOf(request);
    return {
      actor: principal?.name ?? '',
      role: principal?.role ?? null,
      tokenId: principal?.tokenId ?? null,
      address: addressOf(request),
      action: `${method} ${this.routes.patternOf(method, path) ?? '(no such route)'}`,
      resource: path,
      note: noteOf(request),
      requestId: requestIdOf(response),
    };
  }
}

type RequestFacts = Pick<
  AuditEntry,
  'actor' | 'role' | 'tokenId' | 'address' | 'action' | 'resource' | 'note' | 'requestId'
>;

function noteOf(request: AdminRequest): string {
  const query = (request.originalUrl ?? request.url ?? '').split('?')[1] ?? '';
  return (new URLSearchParams(query).get('note') ?? '').slice(0, MAX_NOTE);
}
