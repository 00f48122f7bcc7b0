import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { parseOrRefuse } from '../http/index.ts';
import { CurrencyField, keptField, withoutNulls } from './fields.ts';

test('a field that null can not take away is described without null, and refuses it as missing', () => {
  const Patch = z.strictObject({ currency: keptField(CurrencyField) });
  const { properties, required } = z.toJSONSchema(Patch, { io: 'input' });
  expect([properties, required]).toMatchObject([{ currency: { type: 'string', example: 'EUR' } }, undefined]);

  expect(parseOrRefuse(Patch, { currency: 'USD' })).toEqual({ currency: 'USD' });
  expect(parseOrRefuse(Patch, {})).toEqual({});
  const refused = { errors: [expect.objectContaining({ path: '/currency', code: 'required' })] };
  expect(() => parseOrRefuse(Patch, { currency: null })).toThrow(expect.objectContaining(refused));
});

test('what a merge patch takes away, and what it says nothing of, is missing', () => {
  expect(withoutNulls({ a: null, b: undefined, c: 0, d: '', e: false, f: { g: null } })).toEqual({ c: 0, d: '', e: false, f: { g: null } });
});
