/** Thrown by {@link ByteReader} when the bytes cannot be what they claim to be. */
export class ByteReadError extends Error {
  override readonly name = 'ByteReadError';
}

/** Reads what `ByteWriter` wrote, within [offset, end). Every read is checked: bytes may come from anywhere. */
export class ByteReader {
  offset = 0;
  end: number;

  constructor(readonly bytes: Buffer) {
    this.end = bytes.length;
  }

  u8(): number {
    return this.bytes[this.take(1)] as number;
  }

  u16(): number {
    return this.bytes.readUInt16LE(this.take(2));
  }

  u32(): number {
    return this.bytes.readUInt32LE(this.take(4));
  }

  f64(): number {
    return this.bytes.readDoubleLE(this.take(8));
  }

  u48(): number {
    return this.bytes.readUIntLE(this.take(6), 6);
  }

  varint(): number {
    const first = this.u8();
    return first < 128 ? first : this.longVarint(first);
  }

  private longVarint(first: number): number {
    let value = first & 127;
    let scale = 128;
    for (let count = 1; count < 8; count++) {
      const byte = this.u8();
      value += (byte & 127) * scale;
      if (byte < 128) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      scale *= 128;
    }
    throw new ByteReadError(`number too large before byte ${this.offset}`);
  }

  hex(length: number): string {
    const start = this.take(length);
    return this.bytes.toString('hex', start, start + length);
  }

  text(): string {
    const length = this.varint();
    const start = this.take(length);
    return length === 0 ? '' : this.bytes.toString('utf8', start, start + length);
  }

  private take(length: number): number {
    const start = this.offset;
    if (start + length > this.end) throw new ByteReadError(`${length} bytes expected at byte ${start}`);
    this.offset = start + length;
    return start;
  }
}
