import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Gathered } from './gathered.ts';

test('Pieces of whatever size are put together as they came, and stay as they are', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 5 })), (sent) => {
      const pieces = sent.map((piece) => Buffer.from(piece));
      const gathered = new Gathered();
      for (const piece of pieces) gathered.add(piece);
      expect(gathered.bytes).toEqual(Buffer.concat(sent));
      expect(pieces).toEqual(sent.map((piece) => Buffer.from(piece)));
    }),
  );
});
