import { STATUS_CLASSES } from '../../common/contract/index.js';

/** Of the cells that count status classes, in their order. */
export const STATUS_LABELS: readonly string[] = Array.from(
  { length: STATUS_CLASSES },
  (_, index) => `${index + 1}xx`,
);
