import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiExcludeEndpoint,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
} from '@nestjs/swagger';
import type { Role } from '../../../common/contract/index.js';
import { ERROR_CATALOGUE, type ErrorCode } from '../../../common/errors/index.js';
import type { QueryParameter, RouteDescription } from './described.decorator.js';
import { CHANGE_QUERY } from './query-parameters.js';

const EVERY_ROUTE: readonly ErrorCode[] = ['ORIGIN_NOT_ALLOWED', 'INTERNAL'];
const PROTECTED_ROUTES: readonly ErrorCode[] = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'TOO_MANY_FAILURES',
  'HOST_NOT_ALLOWED',
];
const ROUTES_WITH_BODY: readonly ErrorCode[] = ['REQUEST_INVALID', 'BODY_TOO_LARGE', 'BODY_UNSUPPORTED'];
const ROUTES_WITH_QUERY: readonly ErrorCode[] = ['REQUEST_INVALID'];

/** By the path up to the parameter, so that one name may stand for several things. */
const PATH_PARAMETERS: Readonly<Record<string, string>> = {
  'services/:name': 'Name of the service.',
  'backends/:id': 'Id of the backend.',
  'revisions/:number': 'Number of the revision.',
  'bans/:id': 'Id of the ban: its network with `_` for the slash.',
  'tokens/:id': 'Id of the token: the first 12 digits of it after `vel_`.',
};

/** REVISION_CONFLICT: others change the registry faster than it can retry. */
const CHANGES: readonly ErrorCode[] = [
  'PRECONDITION_FAILED',
  'STORE_UNAVAILABLE',
  'REVISION_CONFLICT',
  'WORKER_FAILED',
];
const REVISION = {
  'Velocity-Revision': {
    description: 'Number of the revision that the answer shows.',
    schema: { type: 'integer' as const },
  },
};
const ETAG = {
  ETag: {
    description: 'For `If-Match`: changes exactly when the desired state of this resource does.',
    schema: { type: 'string' as const },
  },
};
const LOCATION = { Location: { description: 'Path of what was made.', schema: { type: 'string' as const } } };

/**
 * Swagger's decorators for a route: what it says about itself, and what follows from its shape. `role`: the least one
 * that may use it; null: it is open.
 */
export function documentationOf(
  description: RouteDescription | undefined,
  path: string,
  role: Role | null,
): MethodDecorator[] {
  if (!description) return [ApiExcludeEndpoint()];
  const { summary, description: text } = description;
  const texts = [text, role === null ? undefined : `Role: ${role}.`].filter((line) => line !== undefined);
  return [
    ApiOperation({ summary, ...(texts.length > 0 ? { description: texts.join('\n\n') } : {}) }),
    ...(role === null ? [] : [ApiBearerAuth('token')]),
    ...parametersIn(path).map(({ name, place }) =>
      ApiParam({ name, description: PATH_PARAMETERS[place] ?? '', schema: { type: 'string' } }),
    ),
    ...(description.isChange ? [IF_MATCH] : []),
    ...queryOf(description).map(({ name, description: meaning, example }) =>
      ApiQuery({
        name,
        description: meaning,
        required: false,
        schema: { type: 'string', ...(example ? { examples: [example] } : {}) },
      }),
    ),
    ...bodyOf(description),
    answerOf(description),
    ...(description.unready ? [unreadyOf(description)] : []),
    ...refusalsOf(description, role === null),
  ];
}

const IF_MATCH = ApiHeader({
  name: 'If-Match',
  description:
    'Entity tags of which the resource must have one, or `*`; otherwise nothing changes and 412 comes back.',
  required: false,
  schema: { type: 'string' },
});

function queryOf({ query = [], isChange = false }: RouteDescription): readonly QueryParameter[] {
  return isChange ? [...query, ...CHANGE_QUERY] : query;
}

function parametersIn(path: string): readonly { readonly name: string; readonly place: string }[] {
  const segments = path.split('/').filter((segment) => segment !== '');
  return segments.flatMap((segment, index) =>
    segment.startsWith(':') ? [{ name: segment.slice(1), place: `${segments[index - 1]}/${segment}` }] : [],
  );
}

function bodyOf({ body }: RouteDescription): MethodDecorator[] {
  if (!body) return [];
  const examples = Object.fromEntries(
    Object.entries(body.examples).map(([name, value]) => [name, { summary: name, value }]),
  );
  const { mediaTypes = ['application/json'] } = body;
  return [ApiConsumes(...mediaTypes), ApiBody({ required: true, schema: reference(body.schema), examples })];
}

function answerOf(description: RouteDescription): MethodDecorator {
  const status = description.status ?? 200;
  return ApiResponse({
    status,
    description: status === 204 ? 'Done.' : description.summary,
    headers: {
      ...(description.revisioned && description.answer ? ETAG : {}),
      ...(description.revisioned ? REVISION : {}),
      ...(status === 201 ? LOCATION : {}),
    },
    ...(description.answer ? { content: contentOf(description) } : {}),
  });
}

function unreadyOf(description: RouteDescription): MethodDecorator {
  return ApiResponse({ status: 503, description: 'It cannot serve.', content: contentOf(description) });
}

function contentOf({ answer, mediaTypes = ['application/json'] }: RouteDescription) {
  const schema = answer === 'Text' || !answer ? { type: 'string' as const } : reference(answer);
  return Object.fromEntries(mediaTypes.map((type) => [type, { schema }]));
}

function refusalsOf(description: RouteDescription, isOpen: boolean): MethodDecorator[] {
  const codes = new Set<ErrorCode>([
    ...EVERY_ROUTE,
    ...(isOpen ? [] : PROTECTED_ROUTES),
    ...(description.body ? ROUTES_WITH_BODY : []),
    ...(queryOf(description).length > 0 ? ROUTES_WITH_QUERY : []),
    ...(description.isChange ? CHANGES : []),
    ...(description.errors ?? []),
  ]);
  const byStatus = Map.groupBy(codes, (code) => ERROR_CATALOGUE[code].status);
  return [...byStatus].map(([status, sameStatus]) =>
    ApiResponse({
      status,
      description: sameStatus.map((code) => `\`${code}\``).join(', '),
      content: { 'application/problem+json': { schema: reference('Problem') } },
    }),
  );
}

function reference(schema: string): { $ref: string } {
  return { $ref: `#/components/schemas/${schema}` };
}
