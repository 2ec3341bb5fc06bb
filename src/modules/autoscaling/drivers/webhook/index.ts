export { signatureOf } from './signature.js';
export { WebhookDriver, type WebhookDriverParts } from './webhook.driver.js';
