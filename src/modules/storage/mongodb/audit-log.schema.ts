import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Types } from 'mongoose';

/** Collection `audit_logs`: fields as in `AuditLogRecord`. */
@Schema({ collection: 'audit_logs', versionKey: false, autoIndex: false, autoCreate: false })
export class AuditLogSchema {
  @Prop({ type: Types.ObjectId }) _id!: Types.ObjectId;
  @Prop({ type: Date }) time!: Date;
  @Prop({ type: String }) actor!: string;
  @Prop({ type: String }) role!: string | null;
  @Prop({ type: String }) tokenId!: string | null;
  @Prop({ type: String }) address!: string;
  @Prop({ type: String }) action!: string;
  @Prop({ type: String }) resource!: string;
  @Prop({ type: String }) outcome!: string;
  @Prop({ type: Number }) status!: number;
  @Prop({ type: String }) code!: string;
  @Prop({ type: Number }) revision!: number | null;
  @Prop({ type: String }) note!: string;
  @Prop({ type: String }) requestId!: string;
  @Prop({ type: Number }) count!: number;
}

export const auditLogSchema = SchemaFactory.createForClass(AuditLogSchema)
  .index({ time: -1, _id: -1 })
  .index({ actor: 1, time: -1, _id: -1 })
  .index({ outcome: 1, time: -1, _id: -1 })
  .index({ action: 1, time: -1, _id: -1 });
