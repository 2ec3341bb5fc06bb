import { call } from '../../api/api';
import { External } from '../../app/external';
import { mergeTexts } from './text-merge';

/** The text that is edited. It lives as long as the application, so that the way back leads to it. */
export interface Draft {
  readonly text: string;
  /** What the balancer runs, as it was when the text was taken from it. */
  readonly base: string;
  /** Tag of `base`: a change is applied on this condition. */
  readonly tag: string;
}

export const draft = new External<Draft | null>(null);

export function isEdited(now: Draft | null): boolean {
  return now !== null && now.text !== now.base;
}

export function edit(text: string): void {
  const now = draft.get();
  if (now) draft.set({ ...now, text });
}

/** The number in a tag such as `"12"`; 0: there is none. */
export function revisionOf(tag: string): number {
  return Number(/\d+/.exec(tag)?.[0] ?? 0);
}

/** Begins with what runs now. */
export async function loadDraft(): Promise<void> {
  draft.set(await current());
}

/** Takes what runs now into the text that is edited. Resolves with the number of places that both changed. */
export async function takeIn(): Promise<number> {
  const [before, now] = [draft.get(), await current()];
  if (before === null) {
    draft.set(now);
    return 0;
  }
  const name = `revision ${revisionOf(now.tag)}`;
  const { text, conflicts } = mergeTexts(before.base, before.text, now.base, name);
  draft.set({ ...now, text });
  return conflicts;
}

async function current(): Promise<Draft> {
  const { body, tag } = await call<string>('GET', '/api/v1/config', {
    headers: { accept: 'application/yaml' },
  });
  return { text: body, base: body, tag };
}
