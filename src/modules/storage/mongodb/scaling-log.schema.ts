import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, Types } from 'mongoose';

/** Collection `scaling_logs`: fields as in `ScalingLogRecord`. */
@Schema({ collection: 'scaling_logs', versionKey: false, autoIndex: false, autoCreate: false })
export class ScalingLogSchema {
  @Prop({ type: Types.ObjectId }) _id!: Types.ObjectId;
  @Prop({ type: Date }) time!: Date;
  @Prop({ type: String }) service!: string;
  @Prop({ type: String }) kind!: string;
  @Prop({ type: Number }) current!: number;
  @Prop({ type: Number }) desired!: number | null;
  @Prop({ type: String }) backend!: string | null;
  @Prop({ type: String }) instance!: string;
  @Prop({ type: String }) metric!: string | null;
  @Prop({ type: SchemaTypes.Mixed }) metrics!: Record<string, number>;
  @Prop({ type: [String] }) limits!: string[];
  @Prop({ type: String }) reason!: string;
}

export const scalingLogSchema = SchemaFactory.createForClass(ScalingLogSchema)
  .index({ time: -1, _id: -1 })
  .index({ service: 1, time: -1, _id: -1 })
  .index({ kind: 1, time: -1, _id: -1 });
