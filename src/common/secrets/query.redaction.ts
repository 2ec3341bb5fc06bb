/** What of queries is concealed beside the values of secrets. */
export class QueryRedaction {
  readonly isAll: boolean;
  private readonly names: ReadonlySet<string>;

  /** @param rule All values, or those of parameters with these names, in lower case. */
  constructor(rule: 'all' | readonly string[]) {
    this.isAll = rule === 'all';
    this.names = new Set(rule === 'all' ? [] : rule);
  }

  /** @param name Without escapes, in any case; the brackets of a list (`email[]`) do not count. */
  conceals(name: string): boolean {
    if (this.isAll) return true;
    const lower = name.toLowerCase();
    return this.names.has(lower.endsWith('[]') ? lower.slice(0, -2) : lower);
  }
}
