import { describe, expect, it } from 'vitest';
import { SlotAllocator } from './slot.allocator.js';

const idle = () => true;

describe('SlotAllocator', () => {
  it('keeps the slot of a key that stays', () => {
    const slots = new SlotAllocator(4, 'backends');
    expect(slots.acquire('a')).toEqual({ slot: 0, isNew: true });
    expect(slots.acquire('b')).toEqual({ slot: 1, isNew: true });
    expect(slots.acquire('a')).toEqual({ slot: 0, isNew: false });
  });

  it('gives a retired slot to another key only when every worker has passed its generation', () => {
    const slots = new SlotAllocator(1, 'backends');
    slots.acquire('a');
    slots.retireAllBut(new Set(), 2);
    expect(slots.reclaim(1, idle)).toEqual([]);
    expect(() => slots.acquire('b')).toThrow(/room for 1 backends/);
    expect(slots.reclaim(2, idle)).toEqual([0]);
    expect(slots.acquire('b')).toEqual({ slot: 0, isNew: true });
  });

  it('keeps a retired slot back while something is in flight on it', () => {
    const slots = new SlotAllocator(1, 'backends');
    slots.acquire('a');
    slots.retireAllBut(new Set(), 2);
    slots.reclaim(5, () => false);
    expect(() => slots.acquire('b')).toThrow(/room for 1 backends/);
    slots.reclaim(5, idle);
    expect(slots.acquire('b').slot).toBe(0);
  });

  it('gives a key that comes back a slot of its own while the old one is still in use', () => {
    const slots = new SlotAllocator(2, 'backends');
    slots.acquire('a');
    slots.retireAllBut(new Set(), 2);
    expect(slots.acquire('a')).toEqual({ slot: 1, isNew: true });
  });

  it('says that there is no room, with a code', () => {
    const slots = new SlotAllocator(0, 'services');
    expect(() => slots.acquire('a')).toThrow(
      expect.objectContaining({ code: 'CAPACITY_EXCEEDED', message: expect.stringContaining('0 services') }),
    );
  });
});
