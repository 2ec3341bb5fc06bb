/** How traffic is answered, limited, rewritten, split and copied. null: the service does nothing of the kind. */
export interface ShapingPolicy {
  readonly maintenance: MaintenanceSettings | null;
  readonly redirect: RedirectSettings | null;
  readonly maxBody: BodyLimitSettings | null;
  readonly requestHeaders: HeaderRuleSettings | null;
  readonly responseHeaders: HeaderRuleSettings | null;
  readonly rewrite: RewriteSettings | null;
  readonly split: SplitSettings | null;
  readonly mirror: MirrorSettings | null;
}

export const NO_SHAPING: ShapingPolicy = {
  maintenance: null,
  redirect: null,
  maxBody: null,
  requestHeaders: null,
  responseHeaders: null,
  rewrite: null,
  split: null,
  mirror: null,
};

/** What stands in braces in a template, and what it becomes: see `docs/traffic-shaping.md`. */
export const PLACEHOLDERS = ['client', 'host', 'path', 'query', 'requestId', 'service'] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** Everybody but a few is told that the service is under maintenance. */
export interface MaintenanceSettings {
  /** 400 to 599. */
  readonly status: number;
  /** 0: what the usual problem says. */
  readonly retryAfterS: number;
  readonly contentType: string;
  /** Empty: the usual problem. */
  readonly body: string;
  /** Addresses and CIDR blocks of clients who are served all the same. */
  readonly allow: readonly string[];
  readonly shadow: boolean;
}

export const REDIRECT_STATUSES = [301, 302, 303, 307, 308] as const;
export type RedirectStatus = (typeof REDIRECT_STATUSES)[number];

/** Everybody is sent elsewhere. */
export interface RedirectSettings {
  /** Template of a whole URL, or of a path with or without a query. */
  readonly to: string;
  readonly status: RedirectStatus;
}

/** Longer bodies of requests are refused: at once when the head says so, else while they come. */
export interface BodyLimitSettings {
  /** At least 1. */
  readonly maxBytes: number;
  /** Only what the head says is looked at. */
  readonly shadow: boolean;
}

/** What becomes of header fields: first some are removed, then some are set, then some are added. */
export interface HeaderRuleSettings {
  /** Take the place of all fields of their names. */
  readonly set: readonly HeaderFieldSettings[];
  /** Come after whatever is there. */
  readonly add: readonly HeaderFieldSettings[];
  /** Lower case. */
  readonly remove: readonly string[];
}

export interface HeaderFieldSettings {
  readonly name: string;
  /** Template. */
  readonly value: string;
}

/** What path backends are asked for. The query stays. */
export interface RewriteSettings {
  /** Prefix of whole segments that is replaced, without a slash at its end; empty: the whole path is. */
  readonly from: string;
  /** For a prefix another one, without a slash at its end and empty to strip it; else a template of the whole path. */
  readonly to: string;
}

/** A service may be split into so many groups. */
export const MAX_GROUPS = 8;

/** Exchanges go to one group of backends or another: who asks for one by name gets it, the others are shared out. */
export interface SplitSettings {
  /** At most MAX_GROUPS. */
  readonly groups: readonly GroupSettings[];
  /** Request header whose value names a group, lower case; empty: none. */
  readonly header: string;
  /** Cookie whose value names a group; empty: none. */
  readonly cookie: string;
  /** Clients that were shared out are given the cookie, and so stay where they are. */
  readonly sticky: boolean;
}

export interface GroupSettings {
  readonly name: string;
  /** Relative to those of the others. 0: only who asks for it gets it. */
  readonly share: number;
  /** Ids of its backends. */
  readonly backends: readonly string[];
}

/** Another service gets copies of requests, and nobody its answers. */
export interface MirrorSettings {
  /** Its name. */
  readonly service: string;
  /** Of the exchanges: above 0, at most 1. */
  readonly share: number;
  /** Copies that a worker has under way at most. */
  readonly maxInFlight: number;
  /** Largest body that is kept for the copy; 0: exchanges with a body are not copied. */
  readonly maxBodyBytes: number;
}
