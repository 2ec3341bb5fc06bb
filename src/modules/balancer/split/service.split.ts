import type { SplitSettings } from '../../../common/contract/index.js';
import type { BackendRuntime } from '../backend-runtime.js';
import type { PickContext } from '../pick-context.js';
import { turnSequence } from '../turn-sequence.js';
import { Choice } from '../trace/pick.trace.js';
import type { BackendGroup } from './backend.group.js';
import { cookieValue } from './cookie.value.js';
import type { GroupTurns } from './group.turns.js';

/**
 * Chooses the group of an exchange: the one that its header or cookie names, else by share. Shares are counted over all
 * workers, so that after any number of exchanges each group has had its own, up or down by less than one. A group without
 * an available backend is passed over, and its share goes to the others in proportion.
 */
export class ServiceSplit {
  private readonly byName: ReadonlyMap<string, BackendGroup>;
  /** Which groups have turns in `sequence`, a bit each; -1: there is no sequence yet. */
  private members = -1;
  private sequence: Uint16Array = new Uint16Array(1);

  constructor(
    private readonly settings: SplitSettings,
    readonly groups: readonly BackendGroup[],
    private readonly turns: GroupTurns,
  ) {
    this.byName = new Map(groups.map((group) => [group.name, group]));
  }

  /** The group to pick from, which the context is told; null: none has an available backend. */
  choose(context: PickContext): BackendGroup | null {
    const group = context.tried.length === 0 ? this.first(context) : this.further(context);
    if (group !== null) context.group = group.name;
    return group;
  }

  /** Whether an exchange that has tried these backends would be given another one. */
  hasOther(tried: readonly BackendRuntime[]): boolean {
    for (const group of this.groups) if (group.share > 0 && group.hasOther(tried)) return true;
    return false;
  }

  supersede(): void {
    for (const group of this.groups) group.rotations.supersede();
  }

  private first(context: PickContext): BackendGroup | null {
    const wanted = this.wanted(context);
    if (wanted !== null && wanted.hasBackend) return wanted;
    context.trace.groupChoice = Choice.share;
    const group = this.next();
    // Who only could not be served where he belongs keeps his cookie.
    if (group !== null && wanted === null && this.settings.sticky) context.groupCookie = group.setCookie;
    return group;
  }

  /** Another attempt stays in its group while there is a backend that was not tried, and goes to another group then. */
  private further(context: PickContext): BackendGroup | null {
    context.trace.groupChoice = Choice.retry;
    const present = this.byName.get(context.group);
    if (present !== undefined && present.hasOther(context.tried)) return present;
    for (const group of this.groups) if (group.share > 0 && group.hasOther(context.tried)) return group;
    return present !== undefined && present.hasBackend ? present : this.next();
  }

  private wanted(context: PickContext): BackendGroup | null {
    const { header, cookie } = this.settings;
    if (header !== '') {
      const name = context.header(header);
      const group = name === undefined ? undefined : this.byName.get(name);
      context.trace.groupChoice = Choice.header;
      if (group !== undefined) return group;
    }
    if (cookie === '') return null;
    context.trace.groupChoice = Choice.cookie;
    const cookies = context.header('cookie');
    const name = cookies === undefined ? undefined : cookieValue(cookies, cookie);
    return name === undefined ? null : (this.byName.get(name) ?? null);
  }

  private next(): BackendGroup | null {
    const { groups } = this;
    let members = 0;
    for (let index = 0; index < groups.length; index++) {
      if (groups[index]!.share > 0 && groups[index]!.hasBackend) members |= 1 << index;
    }
    if (members === 0) return null;
    if (members !== this.members) this.adopt(members);
    return groups[this.sequence[this.turns.take(this.sequence.length)]!]!;
  }

  private adopt(members: number): void {
    const indexes = this.groups.flatMap((_, index) => ((members >> index) & 1 ? [index] : []));
    const sequence = turnSequence(indexes.map((index) => this.groups[index]!.share));
    this.sequence = sequence.map((place) => indexes[place]!);
    this.members = members;
  }
}
