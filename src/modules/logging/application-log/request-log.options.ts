import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Options } from 'pino-http';
import { redactedUrl } from '../../../common/secrets/index.js';
import type { ApplicationLogger } from './application-logger.js';

/** How requests to the admin API are logged: one line each at level debug, without headers, which may hold secrets. */
export function requestLogOptions(logger: ApplicationLogger): Options {
  return {
    logger,
    useLevel: 'debug',
    quietReqLogger: true,
    wrapSerializers: false,
    serializers: { req: describeRequest, res: describeResponse },
    customSuccessMessage: () => 'admin request',
    customErrorMessage: () => 'admin request failed',
  };
}

interface LoggedRequest extends IncomingMessage {
  readonly originalUrl?: string;
}

function describeRequest(request: LoggedRequest): object {
  return {
    method: request.method,
    url: redactedUrl(request.originalUrl ?? request.url ?? ''),
    client: request.socket?.remoteAddress,
  };
}

function describeResponse(response: ServerResponse): object {
  return { status: response.statusCode, requestId: response.getHeader('x-request-id') };
}
