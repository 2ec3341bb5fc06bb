export interface AnswerHeaders {
  /** Revision of the registry that the body shows: `Velocity-Revision`, and the strong `ETag` unless there is a tag. */
  readonly revision?: number;
  /** Entity tag of the one thing that the body shows, without quotes. */
  readonly tag?: string;
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
