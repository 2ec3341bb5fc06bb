import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { refusedParameter } from '../query.reader.js';
import { Answer } from './answer.js';
import { csvOf, type Table } from './csv.js';

export const CSV_MEDIA_TYPE = 'text/csv; charset=utf-8';
const CSV_TYPE = /(?:^|[,\s])text\/csv(?:[;,\s]|$)/i;

/** An answer that is a table too. */
export class TabularAnswer<T = unknown> extends Answer<T> {
  constructor(
    body: T,
    readonly table: Table,
  ) {
    super(body);
  }
}

/** Answers CSV instead of JSON with `format=csv`, or when the request accepts it by name. */
@Injectable()
export class CsvInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<IncomingMessage & { query: Record<string, unknown> }>();
    http.getResponse<ServerResponse>().setHeader('Vary', 'Accept');
    if (!wantsCsv(request.query['format'], request.headers.accept ?? '')) return next.handle();
    return next
      .handle()
      .pipe(map(({ table }: TabularAnswer) => new Answer(csvOf(table), { mediaType: CSV_MEDIA_TYPE })));
  }
}

function wantsCsv(format: unknown, accept: string): boolean {
  if (format === undefined) return CSV_TYPE.test(accept);
  if (format === 'csv' || format === 'json') return format === 'csv';
  throw refusedParameter('format', 'must be json or csv');
}
