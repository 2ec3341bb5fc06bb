import { laneOf, type LaneKind } from './lane.fixture.js';

/** Where the lanes are known to differ: what each does, and why that is right, or cannot be helped. */
export const DIFFERENCES = {
  extensionMethod: {
    why: 'Node’s parser knows a closed list of methods. A proxy passes on what it does not know (RFC 9110 section 9.1).',
    http: 400,
    wire: 200,
  },
  connectionToBackend: {
    why: 'Node’s agent says `keep-alive`; in HTTP/1.1 that is understood (RFC 9112 section 9.3).',
    http: 'keep-alive',
    wire: undefined,
  },
  exchangesUntilConnect: {
    why: 'Node lets go of a connection as soon as it reads CONNECT, so the answer before it is cut; our parser reads it in its turn.',
    http: 1,
    wire: 2,
  },
} as const satisfies Record<string, { readonly why: string; readonly http: unknown; readonly wire: unknown }>;

/** What a lane is expected to do about one of them. */
export function expectedOf<Name extends keyof typeof DIFFERENCES>(name: Name, kind: LaneKind) {
  return DIFFERENCES[name][laneOf(kind)];
}
