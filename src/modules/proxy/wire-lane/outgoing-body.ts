import { latin1 } from './latin1.js';
import { MAX_TEXT_BYTES, type WireSocket } from './wire-socket.js';

/** The piece of a body of which there is nothing to send but what waits. */
export const NO_BYTES = Buffer.alloc(0);

/** A body on its way out, in either direction: the head goes with the first piece, and the chunked coding is put on. */
export class OutgoingBody {
  /** Whether the receiving side takes no more at present. */
  isHeldUp = false;
  /** Whether the body goes in chunks. */
  isChunked = false;
  /** The head, as long as it waits for the piece that goes with it. */
  head = '';
  /** What goes behind the next piece: the end of a chunked body. */
  ending = '';

  reset(): void {
    this.isHeldUp = false;
    this.isChunked = false;
    this.head = '';
    this.ending = '';
  }

  /** Sends a piece, and what waits to go with it. Whether the kernel took it; with nothing to send, all stays as it was. */
  send(socket: WireSocket, bytes: Buffer, from: number, to: number): boolean {
    const length = to - from;
    const isChunk = this.isChunked && length > 0;
    const before = isChunk ? `${this.head}${length.toString(16)}\r\n` : this.head;
    const after = isChunk ? `\r\n${this.ending}` : this.ending;
    this.head = '';
    this.ending = '';
    if (length > MAX_TEXT_BYTES) this.isHeldUp = !socket.sendFramed(before, bytes.subarray(from, to), after);
    else {
      const text = before + latin1(bytes, from, to) + after;
      if (text !== '') this.isHeldUp = !socket.send(text);
    }
    return !this.isHeldUp;
  }
}
