import { describe, expect, it } from 'vitest';
import { ReplayBody } from './replay-body.js';

describe('ReplayBody', () => {
  it('keeps what is taken, piece by piece, also when the pieces are written over', () => {
    const body = new ReplayBody(10_000);
    const read = Buffer.from('..piece..');
    for (let index = 0; index < 1500; index++) {
      read.write(String(index % 10), 2, 'latin1');
      body.append(read, 2, 7);
    }
    body.complete();
    const expected = Array.from({ length: 1500 }, (_, index) => `${index % 10}iece`).join('');
    expect(body.toBuffer().toString()).toBe(expected);
    expect(body).toMatchObject({ isComplete: true, isWhole: true, length: 7500 });
  });

  it('takes exactly its limit, and lets go of everything with the first byte more', () => {
    const body = new ReplayBody(4);
    body.append(Buffer.from('abcd'), 0, 4);
    expect(body.isWhole).toBe(true);
    body.append(Buffer.from('e'), 0, 1);
    expect(body).toMatchObject({ isWhole: false, length: 0 });
    expect(body.toBuffer()).toHaveLength(0);
    body.append(Buffer.from('f'), 0, 1);
    expect(body.length).toBe(0);
  });

  it('is whole without a byte: an empty body can be sent again', () => {
    const body = new ReplayBody(0);
    body.append(Buffer.from('x'), 0, 0);
    body.complete();
    expect(body).toMatchObject({ isWhole: true, isComplete: true, length: 0 });
  });

  it('never holds more than its limit, whatever the room it grows by', () => {
    const body = new ReplayBody(1500);
    body.append(Buffer.alloc(1024), 0, 1024);
    body.append(Buffer.alloc(400), 0, 400);
    expect(body.toBuffer().buffer.byteLength).toBe(1500);
  });
});
