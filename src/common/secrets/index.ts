export { QueryRedaction } from './query.redaction.js';
export { redactedQuery, redactedUrl, withoutCredentials, withoutTokens } from './redaction.js';
export { CONCEALED, isSecretHeader, isSecretName } from './secret-names.js';
export { withoutServiceSecrets, withoutServiceValues } from './service-secrets.js';
