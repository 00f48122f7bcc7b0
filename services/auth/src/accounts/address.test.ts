import { describe, expect, test } from '@jest/globals';
import { addressId, EmailAddress } from './address.ts';

describe('an address', () => {
  test.each([
    'a@b.co',
    'ada.lovelace+bank@sub.example.co.uk',
    "o'neil_1@x-y.museum",
    `${'l'.repeat(64)}@example.com`,
    'x@xn--bcher-kva.example',
  ])('%s is taken as it is', (address) => {
    expect(EmailAddress.parse(address)).toBe(address);
  });

  test('loses the blanks around it, and keeps its case', () => {
    expect(EmailAddress.parse('  Ada@Example.Com\t')).toBe('Ada@Example.Com');
  });

  test.each([
    ['nothing', ''],
    ['no @', 'ada.example.com'],
    ['two @', 'ada@x@example.com'],
    ['no domain', 'ada@'],
    ['a domain without a dot', 'ada@localhost'],
    ['an address literal', 'ada@[127.0.0.1]'],
    ['dots side by side', 'ada..l@example.com'],
    ['a dot at the end', 'ada.@example.com'],
    ['a name beside it', 'Ada <ada@example.com>'],
    ['a second recipient', 'ada@example.com,eve@example.com'],
    ['a header of its own', 'ada@example.com\r\nBcc: eve@example.com'],
    ['a NUL', 'ada\0@example.com'],
    ['a local part of 65', `${'l'.repeat(65)}@example.com`],
    ['255 characters', `ada@${'d'.repeat(60)}.${'d'.repeat(60)}.${'d'.repeat(60)}.${'d'.repeat(60)}.example`],
    ['a label that ends in a hyphen', 'ada@example-.com'],
  ])('%s is refused', (_what, address) => {
    expect(EmailAddress.safeParse(address).success).toBe(false);
  });

  test('is refused without much thought, however long and contrived', () => {
    const start = performance.now();
    for (const long of ['a'.repeat(1_000_000), `a@${'a-'.repeat(500_000)}`, `a@${'a.'.repeat(500_000)}`, `${'a.'.repeat(500_000)}@b.co`]) {
      expect(EmailAddress.safeParse(long).success).toBe(false);
    }
    // Quadratic matching would take minutes; this takes a moment on a slow machine too.
    expect(performance.now() - start).toBeLessThan(60_000);
  });

  test('is the same one however it is written', () => {
    expect(addressId(' Ada@Example.COM ')).toBe('email:ada@example.com');
  });
});
