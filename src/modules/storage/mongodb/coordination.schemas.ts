import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import type { BalancerLoad } from '../../coordination/index.js';

/** Collection `leases`; `_id` is the name. */
@Schema({ collection: 'leases', versionKey: false, autoIndex: false, autoCreate: false })
export class LeaseSchema {
  @Prop({ type: String }) _id!: string;
  @Prop({ type: String }) holder!: string;
  @Prop({ type: Number }) term!: number;
  @Prop({ type: Date }) expiresAt!: Date;
}

/** Collection `balancers`; `_id` is the id of the process. Few, so that no index is needed. */
@Schema({ collection: 'balancers', versionKey: false, autoIndex: false, autoCreate: false })
export class BalancerSchema {
  @Prop({ type: String }) _id!: string;
  @Prop({ type: Date }) seenAt!: Date;
  @Prop({ type: String }) host!: string;
  @Prop({ type: Number }) pid!: number;
  @Prop({ type: String }) version!: string;
  @Prop({ type: Date }) startedAt!: Date;
  @Prop({ type: Number }) revision!: number;
  @Prop({ type: Number }) generation!: number;
  @Prop({ type: String }) admin!: string;
  @Prop({ type: Object }) load?: BalancerLoad;
}

export const leaseSchema = SchemaFactory.createForClass(LeaseSchema);
export const balancerSchema = SchemaFactory.createForClass(BalancerSchema);
