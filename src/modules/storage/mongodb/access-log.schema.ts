import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, Types } from 'mongoose';
import type { DecisionRecord } from '../../../common/contract/index.js';
import { decisionSchema } from './decision.schema.js';

/** One try against one backend; fields as in `AttemptRecord`. */
@Schema({ _id: false })
class AttemptSchema {
  @Prop({ type: String }) backend!: string;
  @Prop({ type: String }) outcome!: string;
  @Prop({ type: Number }) status!: number;
  @Prop({ type: Number }) connectUs!: number;
  @Prop({ type: Number }) firstByteUs!: number;
  @Prop({ type: Number }) totalUs!: number;
}

/** Collection `access_logs`: fields as in `AccessLogRecord`. */
@Schema({ collection: 'access_logs', versionKey: false, autoIndex: false, autoCreate: false })
export class AccessLogSchema {
  @Prop({ type: Types.ObjectId }) _id!: Types.ObjectId;
  @Prop({ type: Date }) time!: Date;
  @Prop({ type: String }) requestId!: string;
  @Prop({ type: String }) service!: string | null;
  @Prop({ type: String }) host!: string;
  @Prop({ type: String }) method!: string;
  @Prop({ type: String }) path!: string;
  @Prop({ type: String }) query!: string;
  @Prop({ type: String }) protocol!: string;
  @Prop({ type: Number }) status!: number;
  @Prop({ type: String }) dropReason!: string | null;
  @Prop({ type: String }) shadowReason!: string | null;
  @Prop({ type: String }) fallbackFrom!: string | null;
  @Prop({ type: String }) traceId!: string | null;
  @Prop({ type: String }) spanId!: string | null;
  @Prop({ type: String }) parentSpanId!: string | null;
  @Prop({ type: String }) client!: string;
  @Prop({ type: String }) backend!: string | null;
  @Prop({ type: [SchemaFactory.createForClass(AttemptSchema)] }) attempts!: AttemptSchema[];
  @Prop({ type: Number }) bytesIn!: number;
  @Prop({ type: Number }) bytesOut!: number;
  @Prop({ type: Number }) totalUs!: number;
  @Prop({ type: Number }) queueUs!: number;
  @Prop({ type: Number }) connectUs!: number;
  @Prop({ type: Number }) firstByteUs!: number;
  @Prop({ type: String }) affinity!: string;
  @Prop({ type: String }) algorithm!: string | null;
  @Prop({ type: String }) userAgent!: string;
  @Prop({ type: String }) referer!: string;
  @Prop({ type: Number }) worker!: number;
  @Prop({ type: String }) lane!: string;
  @Prop({ type: Number }) generation!: number;
  @Prop({ type: String }) group!: string | null;
  @Prop({ type: decisionSchema }) decision!: DecisionRecord | null;
  /** Names are not known before, and may hold what a Map refuses. */
  @Prop({ type: SchemaTypes.Mixed }) headers!: Record<string, string> | null;
}

/**
 * An index for each filter, ending with the order of the pages: a first page reads as many keys as it has records, however
 * rare what is asked for. Each costs the server about 4 microseconds a record. The index of the retention, `{ time: 1 }`,
 * is kept by `log-collections.ts`.
 */
export const accessLogSchema = SchemaFactory.createForClass(AccessLogSchema)
  .index({ time: -1, _id: -1 })
  .index({ service: 1, time: -1, _id: -1 })
  .index({ backend: 1, time: -1, _id: -1 })
  .index({ status: 1, time: -1, _id: -1 })
  .index({ method: 1, time: -1, _id: -1 })
  .index({ client: 1, time: -1, _id: -1 })
  .index({ path: 1, time: -1, _id: -1 })
  .index({ requestId: 1 })
  .index({ dropReason: 1, time: -1, _id: -1 }, { name: 'reasons' });
