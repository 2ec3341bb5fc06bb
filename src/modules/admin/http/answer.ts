export interface AnswerHeaders {
  /** Revision of the registry that the body shows; becomes the strong `ETag`. */
  readonly revision?: number;
  /** Where the created resource is. */
  readonly location?: string;
  /** Default: JSON. */
  readonly mediaType?: string;
}

/** What a route answers when it is more than a body. */
export class Answer<T = unknown> {
  constructor(
    readonly body: T,
    readonly headers: AnswerHeaders = {},
  ) {}
}
