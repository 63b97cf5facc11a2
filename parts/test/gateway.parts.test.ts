import { expect, test } from 'vitest';
import { residentBytes, startGatewayProcess, startJanus } from '@soft-handset/parts';
import { describeWithParts, partsOfThisTest } from '@soft-handset/parts/vitest';

describeWithParts(['janus'], 'our server as a process of its own', () => {
  test('it comes up with a configuration of the test, and ends when it is closed', async () => {
    const parts = partsOfThisTest();
    const janus = await parts.use(startJanus());

    const gateway = await parts.use(
      startGatewayProcess({
        janusUrl: janus.url,
        servers: [{ name: 'pbx', uri: 'sip:127.0.0.1:5060' }],
        accounts: [{ name: '1001', sip: { server: 'pbx', register: false } }],
      }),
    );

    expect(await residentBytes(gateway.child.pid)).toBeGreaterThan(10_000_000);
    await gateway.close();
    expect(await gateway.child.ended).toEqual({ code: 0, signal: null });
  });

  test('a configuration that is refused is in the error', async () => {
    const start = startGatewayProcess({ janusUrl: 'not a url' });

    await expect(start).rejects.toThrow(/janus\.url/);
  });
});
