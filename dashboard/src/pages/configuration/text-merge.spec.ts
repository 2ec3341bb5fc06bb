import { describe, expect, it } from 'vitest';
import { mergeTexts } from './text-merge';

const BASE = 'a\nb\nc\nd\ne\nf';

describe('two versions of a text', () => {
  it('keep what each of them changed, added and removed', () => {
    const merged = mergeTexts(BASE, 'a\nB\nc\nd\ne\nf\ng', 'a\nb\nc\nnew\nd\nf', 'revision 7');
    expect(merged).toEqual({ text: 'a\nB\nc\nnew\nd\nf\ng', conflicts: 0 });
  });

  it('are one where both changed the same', () => {
    expect(mergeTexts(BASE, 'a\nX\nc\nd\ne\nf', 'a\nX\nc\nd\ne\nF', 'r')).toEqual({
      text: 'a\nX\nc\nd\ne\nF',
      conflicts: 0,
    });
  });

  it('stand both where they contradict', () => {
    const merged = mergeTexts('a\nb\nc', 'a\nmine\nc', 'a\ntheirs\nc', 'revision 7');
    expect(merged).toEqual({
      text: 'a\n<<<<<<< yours\nmine\n=======\ntheirs\n>>>>>>> revision 7\nc',
      conflicts: 1,
    });
  });

  it('are the other one where one changed nothing', () => {
    for (const text of ['', 'x', `${BASE}\nmore`, 'c\nb\na']) {
      expect(mergeTexts(BASE, BASE, text, 'r')).toEqual({ text, conflicts: 0 });
      expect(mergeTexts(BASE, text, BASE, 'r')).toEqual({ text, conflicts: 0 });
    }
  });
});
