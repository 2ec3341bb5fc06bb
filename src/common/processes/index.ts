export { parseListening, type PortHolder, ProcessTable, type RunningBalancer } from './process.table.js';
