export { generateConfigurationPage } from './configuration-page.js';
export { generateJsonSchema } from './json-schema.js';
