export { withoutHealthSecrets } from './health-headers.js';
export { redactedQuery, redactedUrl, withoutCredentials, withoutTokens } from './redaction.js';
export { CONCEALED, isSecretHeader, isSecretName } from './secret-names.js';
