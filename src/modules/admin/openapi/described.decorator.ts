import { SetMetadata } from '@nestjs/common';
import type { ErrorCode } from '../../../common/errors/index.js';
import type { BodySchemaName, ResponseSchemaName } from './schemas.js';

export const ROUTE_DESCRIPTION = Symbol('RouteDescription');

export interface QueryParameter {
  readonly name: string;
  readonly description: string;
  readonly example: string;
}

/**
 * What the OpenAPI document says about a route. Plain data, so that controllers do not load Swagger: `openapi.document.ts`
 * turns it into Swagger's own decorators when somebody first looks at the documentation.
 */
export interface RouteDescription {
  readonly summary: string;
  readonly description?: string;
  readonly body?: { readonly schema: BodySchemaName; readonly examples: Readonly<Record<string, unknown>> };
  readonly query?: readonly QueryParameter[];
  /** Of the successful answer; none: no body. */
  readonly answer?: ResponseSchemaName | 'Text';
  /** Default 200. */
  readonly status?: number;
  /** Of the successful answer. Default `application/json`. */
  readonly mediaTypes?: readonly string[];
  /** The answer shows desired state: it carries `Velocity-Revision`, and `ETag` when it has a body. */
  readonly revisioned?: boolean;
  /** It changes desired state: it takes `If-Match` and a note, and may refuse with what every change may. */
  readonly isChange?: boolean;
  /** The same body is also answered with 503. */
  readonly unready?: boolean;
  /** What it may refuse with, beside what every route may. */
  readonly errors?: readonly ErrorCode[];
}

/** Describes a route of the API. A route without a description is not in the document. */
export const Described = (description: RouteDescription) => SetMetadata(ROUTE_DESCRIPTION, description);
