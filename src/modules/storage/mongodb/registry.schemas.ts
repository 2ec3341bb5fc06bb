import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';

/**
 * The registry's documents are authored configuration, which the configuration's own schema has already judged:
 * here only what identifies and joins them is declared, the rest is stored as it is (`strict: false`).
 */
const AUTHORED = {
  versionKey: false,
  autoIndex: false,
  autoCreate: false,
  strict: false,
  minimize: false,
} as const;

/** Collection `services`; `_id` is the name. */
@Schema({ ...AUTHORED, collection: 'services' })
export class ServiceSchema {
  @Prop({ type: String }) _id!: string;
}

/** Collection `backends`; `_id` is the backend id. */
@Schema({ ...AUTHORED, collection: 'backends' })
export class BackendSchema {
  @Prop({ type: String }) _id!: string;
  @Prop({ type: String }) service!: string;
  @Prop({ type: Number }) position!: number;
  @Prop({ type: String }) url!: string;
}

/** Collection `revisions`; `_id` is the number. */
@Schema({ collection: 'revisions', versionKey: false, autoIndex: false, autoCreate: false })
export class RevisionSchema {
  @Prop({ type: Number }) _id!: number;
  @Prop({ type: Date }) time!: Date;
  @Prop({ type: String }) origin!: string;
  @Prop({ type: String }) author!: string;
  @Prop({ type: String }) note!: string;
  @Prop({ type: Number }) restores!: number;
  @Prop({ type: [String] }) changes!: string[];
}

/** Collection `revision_contents`; `_id` is number and part. */
@Schema({ collection: 'revision_contents', versionKey: false, autoIndex: false, autoCreate: false })
export class RevisionContentSchema {
  @Prop({ type: String }) _id!: string;
  @Prop({ type: Number }) number!: number;
  @Prop({ type: Number }) part!: number;
  @Prop({ type: Number }) format!: number;
  @Prop({ type: Number }) start!: number;
  @Prop({ type: String }) digest!: string;
  @Prop({ type: Buffer }) data!: Buffer;
}

/** Collection `registry_meta`: documents with fixed ids, see documents.ts. */
@Schema({ ...AUTHORED, collection: 'registry_meta' })
export class RegistryMetaSchema {
  @Prop({ type: String }) _id!: string;
}

export const serviceSchema = SchemaFactory.createForClass(ServiceSchema);
export const backendSchema = SchemaFactory.createForClass(BackendSchema).index({ service: 1, position: 1 });
export const revisionSchema = SchemaFactory.createForClass(RevisionSchema).index({ time: -1 });
export const revisionContentSchema = SchemaFactory.createForClass(RevisionContentSchema).index({
  number: 1,
  part: 1,
});
export const registryMetaSchema = SchemaFactory.createForClass(RegistryMetaSchema);
