export * from './decision-record.js';
