import { expect, test } from 'vitest';
import { nosipAndStockSip, residentBytes, startJanus, udpPortsOf } from '@soft-handset/parts';
import { describeWithParts, partsOfThisTest } from '@soft-handset/parts/vitest';

describeWithParts(['janus'], 'Janus with the stock SIP plugin', () => {
  test('it runs, and what it holds can be counted', async () => {
    const parts = partsOfThisTest();

    const janus = await parts.use(startJanus({ plugins: nosipAndStockSip }));

    expect(janus.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+$/);
    expect(await residentBytes(janus.pid)).toBeGreaterThan(5_000_000);
    expect(await udpPortsOf(janus.pid)).toBeLessThan(5);
  });
});
