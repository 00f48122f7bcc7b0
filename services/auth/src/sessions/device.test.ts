import { describe, expect, test } from '@jest/globals';
import { isKnown, withDevice, type KnownDevice } from './device.ts';

const day = 24 * 60 * 60 * 1000;
const start = Date.UTC(2026, 0, 15);

describe('a known device', () => {
  test('is one that a login came from in the last 30 days', () => {
    const devices = withDevice([], '203.0.113.7', start);
    expect(isKnown(devices, '203.0.113.7', start + 30 * day - 1)).toBe(true);
    expect(isKnown(devices, '203.0.113.7', start + 30 * day)).toBe(false);
    expect(isKnown(devices, '203.0.113.8', start)).toBe(false);
    const both = withDevice(devices, '198.51.100.4', start);
    expect(['198.51.100.4', '203.0.113.7'].map((network) => isKnown(both, network, start))).toEqual([true, true]);
  });

  test('is remembered once, and the twenty newest of them', () => {
    let devices: readonly KnownDevice[] = [];
    for (let n = 0; n < 30; n++) devices = withDevice(devices, `net-${n % 25}`, start + n);
    expect(devices).toHaveLength(20);
    expect(devices[0]?.network).toBe('net-4');
    expect(new Set(devices.map(({ network }) => network)).size).toBe(20);
    expect(withDevice(devices, 'net-now', start + 31 * day)).toHaveLength(1);
  });
});
