/** What a page is given: the parameters of its path, decoded. */
export interface PageParameters {
  readonly parameters: Readonly<Record<string, string>>;
}
