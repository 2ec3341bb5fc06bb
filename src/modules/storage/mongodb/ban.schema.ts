import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { ENDED_KEPT_MS } from '../../bans/index.js';

/** Collection `bans`; `_id` is the id. */
@Schema({ collection: 'bans', versionKey: false, autoIndex: false, autoCreate: false })
export class BanSchema {
  @Prop({ type: String }) _id!: string;
  @Prop({ type: String }) cidr!: string;
  @Prop({ type: String }) note!: string;
  @Prop({ type: String }) author!: string;
  @Prop({ type: String }) origin!: string;
  @Prop({ type: String }) rule!: string;
  @Prop({ type: Date }) createdAt!: Date;
  @Prop({ type: Date }) expiresAt!: Date | null;
  @Prop({ type: Boolean }) shadow!: boolean;
  @Prop({ type: Number }) offences!: number;
  @Prop({ type: Boolean }) isLifted!: boolean;
  @Prop({ type: Date }) changedAt!: Date;
}

/** The server itself removes what ended so long ago; null in `expiresAt` is never. */
export const banSchema = SchemaFactory.createForClass(BanSchema)
  .index({ expiresAt: 1 }, { expireAfterSeconds: ENDED_KEPT_MS / 1_000 })
  .index({ changedAt: 1 });
