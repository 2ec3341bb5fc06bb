import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';

/** Collection `access_rollups`: fields as in `RollupDocument`. */
@Schema({
  collection: 'access_rollups',
  versionKey: false,
  autoIndex: false,
  autoCreate: false,
  // `errors` is one; documents are never hydrated.
  suppressReservedKeysWarning: true,
})
export class AccessRollupSchema {
  @Prop({ type: String }) _id!: string;
  @Prop({ type: String }) source!: string;
  @Prop({ type: Number }) sequence!: number;
  @Prop({ type: String }) cube!: string;
  @Prop({ type: String }) resolution!: string;
  @Prop({ type: Date }) start!: Date;
  @Prop({ type: String }) service!: string;
  @Prop({ type: String }) backend?: string;
  @Prop({ type: Number }) status?: number;
  @Prop({ type: String }) dropReason?: string;
  @Prop({ type: String }) path?: string;
  @Prop({ type: String }) client?: string;
  @Prop({ type: Number }) requests!: number;
  @Prop({ type: Number }) errors!: number;
  @Prop({ type: Number }) drops!: number;
  @Prop({ type: Number }) retries!: number;
  @Prop({ type: Number }) bytesIn!: number;
  @Prop({ type: Number }) bytesOut!: number;
  @Prop({ type: Number }) totalUs!: number;
  @Prop({ type: Object }) latency?: Record<string, number>;
}

/** Every question names these three. The indexes of the retention are kept by `rollup-retention.indexes.ts`. */
export const accessRollupSchema = SchemaFactory.createForClass(AccessRollupSchema).index({
  cube: 1,
  resolution: 1,
  start: 1,
});
