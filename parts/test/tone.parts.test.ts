import { expect, test } from 'vitest';
import { g711, listen, readWav, sine, startRtpPeer, toneWav, until } from '@soft-handset/parts';
import { partsOfThisTest } from '@soft-handset/parts/vitest';

test('a tone that was written as WAV is found in it', () => {
  const { samples, sampleRate } = readWav(toneWav(730, 1, 16_000));

  expect(listen(samples, sampleRate)?.frequency).toBe(730);
  expect(listen(samples, sampleRate)?.share).toBeGreaterThan(0.99);
});

test('silence has no tone', () => {
  expect(listen(new Int16Array(8_000), 8_000)).toBeUndefined();
  expect(listen(new Int16Array(0), 8_000)).toBeUndefined();
});

for (const codec of ['PCMU', 'PCMA'] as const) {
  test(`${codec} gives each sample back to within its step`, () => {
    const { encode, decode } = g711[codec];

    for (const sample of sine(400, 200, 8_000)) {
      expect(Math.abs(decode(encode(sample)) - sample)).toBeLessThanOrEqual(Math.abs(sample) / 16 + 16);
    }
  });

  test(`two RTP peers hear each other's ${codec} tones`, async () => {
    const parts = partsOfThisTest();
    const low = await parts.use(startRtpPeer({ says: { frequency: 300, codec } }));
    const high = await parts.use(startRtpPeer({ says: { frequency: 1_200, codec } }));

    low.sendTo(high.port);

    await until('both hear', () => low.hears()?.frequency === 1_200 && high.hears()?.frequency === 300);
    expect(high.ssrcs).toHaveLength(1);
  });
}

test('an echo brings the tone back', async () => {
  const parts = partsOfThisTest();
  const echo = await parts.use(startRtpPeer({ echo: true }));
  const speaker = await parts.use(startRtpPeer({ says: { frequency: 500 } }));

  speaker.sendTo(echo.port);

  await until('the echo is heard', () => speaker.hears()?.frequency === 500);
});
