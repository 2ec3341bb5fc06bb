/** The thread that keeps the access log: spool, shipping, store, retention and questions. Wiring only. */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import {
  AccessLogOutputs,
  DurableAccessLog,
  forwardedLog,
  type FromLogStore,
  LogStoreCells,
  type LogStoreInit,
  LogStoreServer,
  RollupAccumulator,
  type ToLogStore,
} from './modules/logging/log-store.js';
import { accessLogStorage } from './modules/storage/index.js';

/** Nice value: those that serve go first. */
const PRIORITY = 10;

const init = workerData as LogStoreInit;
const main = parentPort!;
const tell = (message: FromLogStore) => main.postMessage(message);
const log = forwardedLog(tell);

const { store, open, close } = await accessLogStorage(init.storage, init.retention, (error) =>
  log.error({ err: error }, 'old access-log records cannot be removed'),
);
const accessLog = new DurableAccessLog({
  spool: init.spool,
  store,
  sums: () => new RollupAccumulator(),
  outputs: new AccessLogOutputs(init.outputs, log),
  log,
});
const server = new LogStoreServer(
  accessLog,
  { query: (filter, page) => store.query(filter, page), analyze: (query) => store.analyze(query) },
  new LogStoreCells(init.cells),
  tell,
);

async function receive(message: ToLogStore): Promise<void> {
  if (!(await server.receive(message))) return;
  await close();
  main.close();
}

/** On Linux of this thread alone; elsewhere it would be that of the whole process. */
function giveWay(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, PRIORITY);
  } catch (error) {
    log.debug({ err: error }, 'the thread of the access log has the priority of the others');
  }
}

main.on('message', (message: ToLogStore) => void receive(message));
// Only then: with nothing but idle time to load and to open in, a busy machine would not let it begin for half a minute.
void open().finally(giveWay);
accessLog.start();
