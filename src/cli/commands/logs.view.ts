import type { AccessLogRecord } from '../../common/contract/index.js';
import { bytes, microseconds } from '../terminal/amounts.js';
import type { Colour, Painter } from '../terminal/painter.js';
import { cutTo, visible, widthOf } from '../terminal/visible-text.js';

const SERVICE_WIDTH = 12;
const CLIENT_WIDTH = 15;

/**
 * One exchange on one line; the columns are of fixed width, so that lines which come one by one stand below each other:
 * `14:03:07.123 200 GET  shop.test/cart  shop  10.0.0.7 -> http://10.0.1.7:8080  3.2 ms  1.5 KiB`.
 * `urlOf` tells the URL of a backend's id.
 */
export function accessLogLine(
  record: AccessLogRecord,
  paint: Painter,
  urlOf: (id: string) => string,
): string {
  const { status, method, dropReason, client, totalUs, bytesOut } = record;
  return [
    paint('dim', timeOfDay(record.time)),
    paint(statusColour(record), String(status)),
    padded(method, 4),
    padded(record.service ?? '-', SERVICE_WIDTH),
    padded(client, CLIENT_WIDTH),
    microseconds(totalUs).padStart(8),
    bytes(bytesOut).padStart(9),
    visible(targetOf(record)),
    dropReason === null ? paint('dim', `-> ${visible(wayOf(record, urlOf))}`) : paint('red', dropReason),
  ].join('  ');
}

/** Host and raw path, with the query. */
function targetOf({ host, path, query }: AccessLogRecord): string {
  return `${host}${path}${query === '' ? '' : `?${query}`}`;
}

/** Every backend that was tried. */
function wayOf({ attempts, backend }: AccessLogRecord, urlOf: (id: string) => string): string {
  const tried = attempts.map((attempt) =>
    attempt.outcome === 'ok' ? urlOf(attempt.backend) : `${urlOf(attempt.backend)} (${attempt.outcome})`,
  );
  return tried.length > 0 ? tried.join(', ') : urlOf(backend ?? '');
}

function statusColour({ status }: AccessLogRecord): Colour {
  if (status >= 500) return 'red';
  return status >= 400 ? 'yellow' : 'green';
}

/** Local, to the millisecond. */
function timeOfDay(time: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function padded(text: string, columns: number): string {
  const cut = cutTo(visible(text), Math.max(columns, 30));
  return cut + ' '.repeat(Math.max(0, columns - widthOf(cut)));
}
