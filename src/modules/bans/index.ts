export { BAN_STORE, type BanStore, type ReadBans } from './ban-store.js';
export { BAN_ORIGINS, type BanOrigin, ENDED_KEPT_MS, type StoredBan, strengthened } from './ban.js';
export { BAN_RECEIVER, type BanDetails, BanService, MAX_BANS, type NewBans } from './ban.service.js';
export { OffenceJudge } from './offence.judge.js';
export { type Network, readNetwork } from './network.js';
