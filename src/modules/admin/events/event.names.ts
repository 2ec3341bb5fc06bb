/* Apart from the schemas of the events: those load when somebody looks at the documentation. */

/** Classes of status, as they are written. */
export const STATUS_CLASS_NAMES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
export type StatusClass = (typeof STATUS_CLASS_NAMES)[number];

/** Of `text/event-stream`: the names of the events. */
export const OVERVIEW_EVENT = 'overview';
export const PATCH_EVENT = 'patch';
export const CHANGE_EVENT = 'change';
export const RECORDS_EVENT = 'records';
export const SKIPPED_EVENT = 'skipped';
