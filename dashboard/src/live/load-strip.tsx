import { useEffect, useRef } from 'react';
import { useExternal } from '../app/external';
import { colour, paint } from '../app/theme';
import { plural, rate } from '../format/numbers';
import type { Tone } from '../kit/badge';
import styles from './load-strip.module.css';
import type { LiveBackend, LiveService } from './overview.types';
import { backendState } from './states';

const HEIGHT = 24;
const WIDEST_BAR = 22;
const TOKENS: Readonly<Record<Tone, string>> = {
  good: '--series-1',
  accent: '--series-1',
  calm: '--line-strong',
  warn: '--series-3',
  bad: '--series-4',
};

/** A bar for each backend of a service: as high as its share of the busiest one's requests, coloured by its state. */
export function LoadStrip({ service }: { service: LiveService }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = useExternal(paint);
  const { backends } = service;
  // oxlint-disable-next-line react/exhaustive-deps -- other colours are a reason to draw again
  useEffect(() => draw(canvas.current!, Object.values(backends)), [backends, colours]);
  return (
    <canvas ref={canvas} className={styles.strip} height={HEIGHT} role="img" aria-label={wordsOf(service)} />
  );
}

function draw(canvas: HTMLCanvasElement, backends: readonly LiveBackend[]): void {
  const { clientWidth: width } = canvas;
  const scale = devicePixelRatio;
  if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
  if (canvas.height !== HEIGHT * scale) canvas.height = HEIGHT * scale;
  const pen = canvas.getContext('2d');
  if (pen === null || backends.length === 0) return;
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, HEIGHT);
  const step = Math.min(WIDEST_BAR, width / backends.length);
  const gap = step > 4 ? 2 : 0;
  let busiest = 1;
  for (const { requests } of backends) busiest = Math.max(busiest, requests);
  const empty = colour('--calm-soft');
  for (const [index, backend] of backends.entries()) {
    const left = index * step;
    const isOut = !backend.available;
    pen.fillStyle = empty;
    pen.fillRect(left, 0, step - gap, HEIGHT);
    pen.fillStyle = colour(TOKENS[backendState(backend).tone]);
    // One that is out is a full line at the foot: it is seen also without requests.
    const height = Math.max(isOut ? 4 : 2, (backend.requests / busiest) * HEIGHT);
    pen.fillRect(left, HEIGHT - height, step - gap, height);
  }
}

function wordsOf({ backends, available }: LiveService): string {
  const all = Object.values(backends);
  const busiest = all.reduce<LiveBackend | null>(
    (most, one) => (one.requests > (most?.requests ?? 0) ? one : most),
    null,
  );
  const load = busiest ? `; busiest ${busiest.url} with ${rate(busiest.requests)} requests per second` : '';
  return `${available} of ${plural(all.length, 'backend')} available${load}`;
}
