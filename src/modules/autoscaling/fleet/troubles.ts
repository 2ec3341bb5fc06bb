/** What may keep a fleet from its count. */
export type TroubleCause = 'driver' | 'start' | 'crash' | 'stop' | 'registry' | 'conflict';

/** What is wrong now, by cause; tells when the whole of it changes. */
export class Troubles {
  private readonly messages = new Map<TroubleCause, string>();
  private told = '';

  /** @param tell Gets what is wrong, for people; empty: all is well again. */
  constructor(private readonly tell: (problem: string) => void) {}

  get problem(): string {
    return [...this.messages.values()].join(' ');
  }

  set(cause: TroubleCause, message: string): void {
    this.messages.set(cause, message);
    this.say();
  }

  clear(...causes: readonly TroubleCause[]): void {
    for (const cause of causes) this.messages.delete(cause);
    this.say();
  }

  private say(): void {
    const { problem } = this;
    if (problem === this.told) return;
    this.told = problem;
    this.tell(problem);
  }
}

/** With a full stop. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

export function messageOf(error: unknown): string {
  return sentence(error instanceof Error ? error.message : String(error));
}
