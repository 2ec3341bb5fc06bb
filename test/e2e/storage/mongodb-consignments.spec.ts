import { afterAll, describe, expect, it } from 'vitest';
import type { AccessLogRecord } from '../../../src/common/contract/index.js';
import { RollupAccumulator, type Consignment } from '../../../src/modules/logging/log-store.js';
import { BulkWrites, DocumentSequence } from '../../../src/modules/storage/mongodb/bulk.writes.js';
import { MONGOD_IS_GIVEN, startMongod, type Mongod } from '../../support/mongod.js';
import { openMongodbAccessLog, type MongodbAccessLog } from '../../support/mongodb-access-log.js';
import { RandomRecords } from '../../support/random-records.js';
import { reached } from '../../support/stores.js';
import { LogRecords } from './log-records.js';

const replicaSet = await startMongod();
const standalone = MONGOD_IS_GIVEN ? null : await startMongod({ replicaSet: false });
afterAll(() => Promise.all([replicaSet?.stop(), standalone?.stop()]));

const servers: { readonly name: string; readonly mongod: Mongod | null; readonly isOurs: boolean }[] = [
  { name: 'a replica set', mongod: replicaSet, isOurs: !MONGOD_IS_GIVEN },
  { name: 'a standalone server', mongod: standalone, isOurs: true },
];

const NOW = Date.now();
const FIRST = Promise.resolve();
const makers = new LogRecords(new RandomRecords(77));
let databases = 0;

function someRecords(count: number): AccessLogRecord[] {
  return Array.from({ length: count }, (_, index) => makers.access({ time: NOW - 86_400_000 + index * 500 }));
}

/** Of one spool, in the order of their sequences. */
function consignmentsOf(records: readonly AccessLogRecord[], size: number, source = 'spool'): Consignment[] {
  const accumulator = new RollupAccumulator();
  const consignments: Consignment[] = [];
  for (let start = 0; start < records.length; start += size) {
    const part = records.slice(start, start + size);
    for (const record of part) accumulator.add(record);
    const sequence = consignments.length + 1;
    consignments.push({ source, sequence, records: part, rollups: accumulator.take() });
  }
  return consignments;
}

interface Counts {
  readonly requests: number;
  readonly bytesIn: number;
  readonly inHistogram: number;
}

/** What the database holds of each cube and resolution; every one of them must say the same. */
async function countsOf({ db }: MongodbAccessLog): Promise<Counts[]> {
  const found = await db
    .collection('access_rollups')
    .aggregate<Counts>([
      {
        $group: {
          _id: { cube: '$cube', resolution: '$resolution' },
          requests: { $sum: '$requests' },
          bytesIn: { $sum: '$bytesIn' },
          inHistogram: {
            $sum: {
              $sum: {
                $map: { input: { $objectToArray: { $ifNull: ['$latency', {}] } }, as: 'b', in: '$$b.v' },
              },
            },
          },
        },
      },
      { $project: { _id: 0 } },
    ])
    .toArray();
  expect(found).toHaveLength(9);
  return found;
}

/** Ids of the records, and what each cube and resolution has counted. */
async function contentOf(log: MongodbAccessLog): Promise<object> {
  const stored = await log.db
    .collection('access_logs')
    .find({}, { projection: { _id: 1 } })
    .toArray();
  return { ids: stored.map(({ _id }) => String(_id)).toSorted(), counts: await countsOf(log) };
}

/** The content when each of these was stored once. */
function contentOnce(records: readonly AccessLogRecord[]): object {
  const counts = {
    requests: records.length,
    bytesIn: records.reduce((sum, { bytesIn }) => sum + bytesIn, 0),
    inHistogram: records.filter(({ status }) => status !== 101).length,
  };
  return { ids: records.map(({ id }) => id).toSorted(), counts: Array.from({ length: 9 }, () => counts) };
}

/** As the spool does: several at a time, and what failed comes again with all behind it. */
async function ship(
  { connection, consignments }: MongodbAccessLog,
  all: readonly Consignment[],
  duringWave: (delivered: number) => Promise<void> = async () => {},
): Promise<void> {
  for (let delivered = 0; delivered < all.length;) {
    await reached(connection, 'connected');
    const wave = all.slice(delivered, delivered + consignments.maxInFlight);
    let before = FIRST;
    const going = Promise.allSettled(
      wave.map((consignment) => (before = consignments.deliver(consignment, before))),
    );
    await duringWave(delivered);
    const ends = await going;
    const failed = ends.findIndex(({ status }) => status === 'rejected');
    delivered += failed === -1 ? wave.length : failed;
    for (const end of ends) {
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    }
  }
}

it('finds the class of the driver that sends ready-made documents', () => {
  expect(DocumentSequence).not.toBeNull();
});

describe.each(servers.filter(({ mongod }) => mongod !== null))('consignments on $name', (server) => {
  const mongod = server.mongod as Mongod;
  const open = () => openMongodbAccessLog(mongod, `${mongod.database}_${databases++}`);

  it('are counted once, however often each is delivered', async () => {
    const log = await open();
    const records = someRecords(900);
    const [first, second, third] = consignmentsOf(records, 300) as [Consignment, Consignment, Consignment];
    for (const consignment of [first, first, second, first, second, third, third, first]) {
      await log.consignments.deliver(consignment, FIRST);
    }
    await log.consignments.settle();
    expect(await contentOf(log)).toEqual(contentOnce(records));
    await log.close();
  });

  it('are completed by a repeat of which a part was there', async () => {
    const log = await open();
    const records = someRecords(600);
    const [first, second] = consignmentsOf(records, 300) as [Consignment, Consignment];
    await log.consignments.deliver(first, FIRST);
    const half = { records: second.records.slice(0, 150), rollups: second.rollups.filter((_, at) => at % 2) };
    await log.consignments.deliver({ ...second, ...half }, FIRST);
    await log.consignments.deliver(second, FIRST);
    expect(await contentOf(log)).toEqual(contentOnce(records));
    await log.close();
  });

  it('go several at a time, and add up in their order', async () => {
    const log = await open();
    const records = someRecords(2_000);
    await ship(log, consignmentsOf(records, 200));
    expect(await contentOf(log)).toEqual(contentOnce(records));
    await log.close();
  });

  it('of which one failed hold up the sums of those behind it', async () => {
    const log = await open();
    const [first, second] = consignmentsOf(someRecords(40), 20) as [Consignment, Consignment];
    const failed = Promise.reject(new Error('the one before'));
    await expect(log.consignments.deliver(second, failed)).rejects.toThrow('the one before');
    expect(await log.db.collection('access_rollups').countDocuments()).toBe(0);
    await log.consignments.deliver(first, FIRST);
    await log.consignments.deliver(second, FIRST);
    expect(await contentOf(log)).toEqual(contentOnce([...first.records, ...second.records]));
    await log.close();
  });

  it('of several balancers add up', async () => {
    const log = await open();
    const records = someRecords(800);
    const [one, other] = [records.slice(0, 400), records.slice(400)];
    for (const consignment of [...consignmentsOf(one, 100, 'a'), ...consignmentsOf(other, 150, 'b')]) {
      await log.consignments.deliver(consignment, FIRST);
    }
    expect(await contentOf(log)).toEqual(contentOnce(records));
    await log.close();
  });

  it('with a record that cannot be stored say so, and the others can be stored alone', async () => {
    const log = await open();
    const records = someRecords(50);
    const [consignment] = consignmentsOf(records, 50) as [Consignment];
    const broken = { ...records[20]!, id: 'no id' };
    await expect(
      log.consignments.deliver({ ...consignment, records: [...records, broken] }, FIRST),
    ).rejects.toThrow(TypeError);
    await expect(log.consignments.append([broken])).rejects.toThrow(TypeError);
    await log.consignments.deliver(consignment, FIRST);
    expect(await contentOf(log)).toEqual(contentOnce(records));
    await log.close();
  });

  it('are written as well by a driver without ready-made documents', async () => {
    const log = await open();
    const records = someRecords(300);
    const plain = new BulkWrites(null);
    await plain.insert(log.connection.place('access_logs'), records);
    await plain.insert(log.connection.place('access_logs'), records);
    const { items } = await log.accessLog.query({}, { limit: 1_000 });
    expect(items.map(({ id }) => id).toSorted()).toEqual(records.map(({ id }) => id).toSorted());
    await log.consignments.append(records);
    expect((await log.accessLog.query({}, { limit: 1_000 })).items).toEqual(items);
    await log.close();
  });

  it.skipIf(!server.isOurs)(
    'are there exactly once after the server was killed in the middle',
    async () => {
      const log = await open();
      const records = someRecords(6_000);
      let kills = 0;
      await ship(log, consignmentsOf(records, 250), async (delivered) => {
        if (kills === 2 || delivered < kills * 12) return;
        kills++;
        await mongod.kill();
        await mongod.restart();
      });
      expect(kills).toBe(2);
      expect(await contentOf(log)).toEqual(contentOnce(records));
      await log.close();
    },
    180_000,
  );
});
