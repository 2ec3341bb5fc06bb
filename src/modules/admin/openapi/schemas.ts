import { z } from 'zod';
import { backendEntrySchema, backendPatchSchema, defaultsSchema } from '../../../common/config/index.js';
import { livenessSchema, readinessSchema, serviceHealthSchema } from '../resources/health.resource.js';
import { accessLogPageSchema, auditLogPageSchema, healthLogPageSchema } from '../resources/log.resource.js';
import { problemSchema } from '../resources/problem.resource.js';
import { revisionPageSchema } from '../resources/revision.resource.js';
import {
  backendListSchema,
  backendResourceSchema,
  serviceDefinitionSchema,
  servicePageSchema,
  serviceResourceSchema,
} from '../resources/service.resource.js';
import { statusSchema } from '../resources/status.resource.js';
import {
  madeTokenSchema,
  tokenListSchema,
  tokenRequestSchema,
  tokenSchema,
  whoamiSchema,
} from '../resources/token.resource.js';

/** Bodies that are taken. The same schemas check them. */
export const BODY_SCHEMAS = {
  ServiceDefinition: serviceDefinitionSchema,
  BackendDefinition: backendEntrySchema,
  BackendPatch: backendPatchSchema,
  TokenRequest: tokenRequestSchema,
} as const;

/** The desired state as `/api/v1/config` shows it. */
const desiredStateSchema = z
  .strictObject({
    trustedProxies: z.array(z.string()),
    defaults: defaultsSchema,
    services: z.array(serviceDefinitionSchema),
  })
  .meta({
    description: 'The part of the configuration that can change while the balancer runs, as written.',
  });

/** Bodies that are answered. */
export const RESPONSE_SCHEMAS = {
  Service: serviceResourceSchema,
  ServicePage: servicePageSchema,
  Backend: backendResourceSchema,
  BackendList: backendListSchema,
  ServiceHealth: serviceHealthSchema,
  AccessLogPage: accessLogPageSchema,
  HealthLogPage: healthLogPageSchema,
  AuditLogPage: auditLogPageSchema,
  Token: tokenSchema,
  MadeToken: madeTokenSchema,
  TokenList: tokenListSchema,
  Whoami: whoamiSchema,
  Status: statusSchema,
  RevisionPage: revisionPageSchema,
  DesiredState: desiredStateSchema,
  Readiness: readinessSchema,
  Liveness: livenessSchema,
  Problem: problemSchema,
} as const;

export type BodySchemaName = keyof typeof BODY_SCHEMAS;
export type ResponseSchemaName = keyof typeof RESPONSE_SCHEMAS;
