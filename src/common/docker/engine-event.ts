/** Something that happened in an engine. */
export interface EngineEvent {
  /** `container`, `network`, ... */
  readonly type: string;
  /** `start`, `die`, `health_status: healthy`, ... */
  readonly action: string;
  /** Of the container or network. */
  readonly id: string;
  /** Labels of a container among them; for networks `container`. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A line of the engine's stream; null: it is none of the kind. */
export function parseEngineEvent(line: string): EngineEvent | null {
  if (line.trim() === '') return null;
  try {
    const { Type, Action, Actor } = JSON.parse(line) as RawEvent;
    if (typeof Type !== 'string' || typeof Action !== 'string') return null;
    return { type: Type, action: Action, id: Actor?.ID ?? '', attributes: Actor?.Attributes ?? {} };
  } catch {
    return null;
  }
}

interface RawEvent {
  readonly Type?: unknown;
  readonly Action?: unknown;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Record<string, string> };
}
