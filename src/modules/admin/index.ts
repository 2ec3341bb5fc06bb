export { AccessToken } from './access/access-token.js';
export { signInLink } from './access/sign-in.link.js';
export { openTokenFile } from './access/token.file.js';
export { AdminServer } from './admin.server.js';
export { type ConfigFileStatus, type SystemStatus, SystemStatusPort } from './ports.js';
