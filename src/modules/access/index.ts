export { ANONYMOUS, authorName, FILE_PRINCIPAL, includesRole, type Principal } from './principal.js';
export { TOKEN_STORE, type StoredToken, type TokenStore } from './token-store.js';
export { type MadeToken, type NewToken, type TokenDetails, TokenService } from './token.service.js';
