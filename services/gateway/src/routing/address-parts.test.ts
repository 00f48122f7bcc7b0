import { expect, test } from '@jest/globals';
import { partsOf, rememberParts } from './address-parts.ts';

test.each([
  ['http://10.0.0.7:8081', ['http:', '10.0.0.7', '8081', '']],
  ['http://[fd00::7]:8081/', ['http:', 'fd00::7', '8081', '']],
  ['https://records.example/behind/', ['https:', 'records.example', '', '/behind']],
])('the parts of %s', (url, parts) => {
  const remembered = rememberParts();
  for (const { protocol, hostname, port, pathname } of [partsOf(url), remembered(url), remembered(url)])
    expect([protocol, hostname, port, pathname]).toEqual(parts);
});
