import type { DropReason } from '../../../common/contract/index.js';
import type { Exchange } from '../exchange.js';
import type { Policy } from './policy.js';

/** Refuses a request whose `Via` already carries our pseudonym (RFC 9110 section 7.6.3). */
export class LoopDetectionPolicy implements Policy {
  readonly name = 'loop-detection';

  admit(exchange: Exchange): DropReason | null {
    const via = exchange.header('via');
    if (via === undefined || via === '') return null;
    return names(via, exchange.pseudonym) ? 'loop_detected' : null;
  }
}

/** Whether a received-by of the list is the pseudonym: it follows a blank and ends at a blank, comma or the end. */
function names(via: string, pseudonym: string): boolean {
  for (let at = via.indexOf(pseudonym); at >= 0; at = via.indexOf(pseudonym, at + 1)) {
    if (isBlank(via[at - 1]) && isEnd(via[at + pseudonym.length])) return true;
  }
  return false;
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

function isEnd(character: string | undefined): boolean {
  return character === undefined || character === ',' || isBlank(character);
}
