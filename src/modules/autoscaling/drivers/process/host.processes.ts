/** Name of the variable that every process of ours carries, and hands on to its own children: its value is the mark. */
export const MARK_VARIABLE = 'VELOCITY_PROCESS';
/** What a mark looks like. */
export const MARK = /^[0-9a-f]{16}$/;

/** What the machine says about its processes. A zombie counts as gone everywhere. */
export interface HostProcesses {
  /** When it started, as a text that no other process with this id ever has; null: there is no such process. */
  startOf(pid: number): Promise<string | null>;
  /** The same without waiting; null also when it cannot be known at once. */
  startNow(pid: number): string | null;
  /** Whether the first of two such texts was before the second; false when that is not known. */
  isEarlier(one: string, other: string): boolean;
  /** Ids of the living processes that carry a mark, by mark. Looks at all processes of the machine: tens of milliseconds. */
  marked(): Promise<ReadonlyMap<string, readonly number[]>>;
  /** Whether a process group has a living member. */
  groupLives(group: number): Promise<boolean>;
  /** The process and its descendants; empty when that is not known. */
  family(pid: number): Promise<readonly number[]>;
  /** Processor time that these have used, and their children that ended: milliseconds; null: not known. */
  cpuMs(pids: readonly number[]): Promise<number | null>;
}
