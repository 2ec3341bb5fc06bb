export const OUTPUT_FORMATS = ['json', 'common', 'combined'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** Where recorded exchanges are written as text. */
export interface AccessLogOutput {
  /** `stdout`, or a path. */
  readonly to: string;
  readonly format: OutputFormat;
}
