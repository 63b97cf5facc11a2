import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { connectionFacts, freeTcpPort, hearsTone, seesPictures, startChromium } from '@soft-handset/parts';
import { describeWithParts, partsOfThisTest } from '@soft-handset/parts/vitest';

describeWithParts(['chromium'], 'Chromium with a fake microphone and camera', () => {
  test('its tone goes from one connection to another, and pictures with it', async () => {
    const parts = partsOfThisTest();
    const browser = await parts.use(startChromium({ frequency: 620 }));
    const page = await browser.open(await parts.use(blankPage()).then(({ url }) => url));

    await page.evaluate(loop);
    await hearsTone(page, 620);
    const facts = await seesPictures(page);

    expect(facts).toMatchObject({ state: 'connected', received: { video: { codec: 'VP8' } } });
    expect(facts.received.audio?.packets).toBeGreaterThan(10);
    expect(facts.received.audio?.totalAudioEnergy).toBeGreaterThan(0.001);
    expect((await connectionFacts(page, 0)).sent.audio?.packets).toBeGreaterThan(10);
    expect(browser.errors).toEqual([]);
  });

  test('errors in the console are kept', async () => {
    const parts = partsOfThisTest();
    const browser = await parts.use(startChromium());
    const page = await browser.open(await parts.use(blankPage()).then(({ url }) => url));

    await page.evaluate(() => console.error('something is wrong'));

    await expect.poll(() => browser.errors).toContain('something is wrong');
  });
});

/** A page on localhost, which is a secure context: microphones are not given to others. */
async function blankPage() {
  const port = await freeTcpPort();
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><link rel="icon" href="data:,">');
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

/** Runs in the page: its camera and microphone over two of its own connections. */
async function loop(): Promise<void> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  const [caller, callee] = [new RTCPeerConnection(), new RTCPeerConnection()];
  caller.onicecandidate = ({ candidate }) => void callee.addIceCandidate(candidate ?? undefined);
  callee.onicecandidate = ({ candidate }) => void caller.addIceCandidate(candidate ?? undefined);
  for (const track of stream.getTracks()) caller.addTrack(track, stream);
  await caller.setLocalDescription();
  await callee.setRemoteDescription(caller.localDescription!);
  await callee.setLocalDescription();
  await caller.setRemoteDescription(callee.localDescription!);
}
