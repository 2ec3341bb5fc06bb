import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';

/** Collection `tokens`; `_id` is the id. */
@Schema({ collection: 'tokens', versionKey: false, autoIndex: false, autoCreate: false })
export class TokenSchema {
  @Prop({ type: String }) _id!: string;
  @Prop({ type: String }) name!: string;
  @Prop({ type: String }) role!: string;
  @Prop({ type: String }) digest!: string;
  @Prop({ type: Date }) createdAt!: Date;
  @Prop({ type: String }) createdBy!: string;
  @Prop({ type: Date }) expiresAt!: Date | null;
  @Prop({ type: Date }) lastUsedAt!: Date | null;
}

export const tokenSchema = SchemaFactory.createForClass(TokenSchema).index({ name: 1 }, { unique: true });
