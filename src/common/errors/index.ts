export { ERROR_CATALOGUE, type ErrorCode } from './catalogue.js';
export { VelocityError, isVelocityError, type ErrorIssue } from './velocity-error.js';
