import type { Connection, Model, Schema } from 'mongoose';
import { accessLogSchema } from './access-log.schema.js';
import { accessRollupSchema } from './access-rollup.schema.js';
import { auditLogSchema } from './audit-log.schema.js';
import { banSchema } from './ban.schema.js';
import { balancerSchema, leaseSchema } from './coordination.schemas.js';
import { healthLogSchema } from './health-log.schema.js';
import {
  backendSchema,
  registryMetaSchema,
  revisionContentSchema,
  revisionSchema,
  serviceSchema,
} from './registry.schemas.js';
import { scalingLogSchema } from './scaling-log.schema.js';
import { tokenSchema } from './token.schema.js';

/** Names of the models, as `@InjectModel` takes them, with their schemas. */
export const MODEL_SCHEMAS = {
  AccessLog: accessLogSchema as Schema,
  AccessRollup: accessRollupSchema as Schema,
  HealthLog: healthLogSchema as Schema,
  AuditLog: auditLogSchema as Schema,
  ScalingLog: scalingLogSchema as Schema,
  Token: tokenSchema as Schema,
  Ban: banSchema as Schema,
  Service: serviceSchema as Schema,
  Backend: backendSchema as Schema,
  Revision: revisionSchema as Schema,
  RevisionContent: revisionContentSchema as Schema,
  RegistryMeta: registryMetaSchema as Schema,
  Lease: leaseSchema as Schema,
  Balancer: balancerSchema as Schema,
} as const;

export type ModelName = keyof typeof MODEL_SCHEMAS;
export const MODEL_NAMES = Object.keys(MODEL_SCHEMAS) as ModelName[];

/** The model of a connection; registered at its first use. */
export function modelOf(connection: Connection, name: ModelName): Model<unknown> {
  return (connection.models[name] ?? connection.model(name, MODEL_SCHEMAS[name])) as Model<unknown>;
}
