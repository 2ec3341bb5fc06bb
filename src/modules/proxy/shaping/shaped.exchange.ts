/** An exchange as its service's shaping sees and changes it. */
export interface ShapedExchange {
  readonly client: string;
  /** Without port, lower case. */
  readonly host: string;
  /** As received, without the query. */
  readonly path: string;
  readonly query: string;
  readonly requestId: string;
  readonly settings: { readonly name: string };
  /** What backends are asked for. */
  target: string;
  isMirrored: boolean;
  keptBodyBytes: number;
  keepsBodyToEnd: boolean;
}
