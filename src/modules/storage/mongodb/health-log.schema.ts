import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Types } from 'mongoose';

/** Collection `health_logs`: fields as in `HealthLogRecord`. */
@Schema({ collection: 'health_logs', versionKey: false, autoIndex: false, autoCreate: false })
export class HealthLogSchema {
  @Prop({ type: Types.ObjectId }) _id!: Types.ObjectId;
  @Prop({ type: Date }) time!: Date;
  @Prop({ type: String }) kind!: string;
  @Prop({ type: String }) service!: string;
  @Prop({ type: String }) backend!: string;
  @Prop({ type: String }) url!: string;
  @Prop({ type: Boolean }) passed!: boolean;
  @Prop({ type: String }) health!: string;
  @Prop({ type: String }) previous!: string;
  @Prop({ type: Number }) status!: number;
  @Prop({ type: Number }) durationUs!: number;
  @Prop({ type: String }) error!: string;
}

export const healthLogSchema = SchemaFactory.createForClass(HealthLogSchema)
  .index({ time: -1, _id: -1 })
  .index({ service: 1, time: -1, _id: -1 })
  .index({ backend: 1, time: -1, _id: -1 })
  .index({ kind: 1, time: -1, _id: -1 });
