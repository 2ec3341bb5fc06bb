import type { HeaderFieldSettings, HeaderRuleSettings } from '../../../common/contract/policies/index.js';
import type { ShapedExchange } from './shaped.exchange.js';
import { Template } from './template.js';

interface RuledField {
  readonly name: string;
  readonly value: Template;
}

/** What becomes of the header fields of one direction of a service. Compiled with the snapshot. */
export class HeaderRules {
  /** Names in lower case of fields that do not pass: those that are removed, and those that are set anew. */
  readonly removed: readonly string[];
  /** What backends get as `Host`; null: what the client sent. */
  readonly host: Template | null;
  private readonly fields: readonly RuledField[];

  constructor({ set, add, remove }: HeaderRuleSettings) {
    const host = set.find(isHost);
    const others = set.filter((field) => !isHost(field));
    this.host = host === undefined ? null : new Template(host.value);
    this.removed = [...remove, ...others.map(({ name }) => name.toLowerCase())];
    this.fields = [...others, ...add].map(({ name, value }) => ({ name, value: new Template(value) }));
  }

  /** The fields that come new, as lines. */
  lines(exchange: ShapedExchange): string {
    const { fields } = this;
    let text = '';
    for (let index = 0; index < fields.length; index++) {
      const { name, value } = fields[index]!;
      text += `${name}: ${value.fill(exchange)}\r\n`;
    }
    return text;
  }

  /** The same behind a list of name, value, name, value ... */
  appendTo(list: string[], exchange: ShapedExchange): void {
    for (const { name, value } of this.fields) list.push(name, value.fill(exchange));
  }
}

function isHost({ name }: HeaderFieldSettings): boolean {
  return name.toLowerCase() === 'host';
}
