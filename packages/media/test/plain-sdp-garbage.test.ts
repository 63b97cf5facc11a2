import { fuzzed } from '@soft-handset/parts/seeded';
import { expect, test } from 'vitest';
import { MediaError } from '../src/engine.ts';
import { adapterLadder } from './adapter-ladder.ts';
import { browserAnswer, browserOffer } from './browser.ts';
import { audio, mLines, phoneSdp, video } from './peer.ts';

const refusedSdp: Record<string, string> = {
  nothing: '',
  'plain words': 'hello there',
  'a line of no SDP': phoneSdp(...audio).replace('s=call', 'nonsense'),
  'control characters': phoneSdp(...audio, 'a=x:\u0000'),
  'no m-line': phoneSdp(),
  'an m-line that cannot be read': phoneSdp('m=audio RTP/AVP'),
  'a port beyond 65535': phoneSdp('m=audio 70000 RTP/AVP 0'),
  'seventeen m-lines': phoneSdp(...Array.from({ length: 17 }, () => 'm=audio 36000 RTP/AVP 0')),
  'more characters than an SDP may have': phoneSdp(
    ...audio,
    `a=x:${'y'.repeat(4000)}`,
    ...Array<string>(20).fill(`a=z:${'z'.repeat(4000)}`),
  ),
  'a line too long': phoneSdp(...audio, `a=fmtp:101 ${'1'.repeat(5000)}`),
  'only a data channel': phoneSdp('m=application 9 UDP/DTLS/SCTP webrtc-datachannel'),
  'only DTLS-SRTP': phoneSdp('m=audio 36000 UDP/TLS/RTP/SAVPF 0'),
  'only port 0': phoneSdp('m=audio 0 RTP/AVP 0'),
  'no address': phoneSdp(...audio).replace('c=IN IP4 127.0.0.1\r\n', ''),
};

for (const [name, sdp] of Object.entries(refusedSdp)) {
  test(`an offer of the peer with ${name} is refused`, async () => {
    await expect(adapterLadder().peerOffers(sdp)).rejects.toMatchObject({
      name: 'MediaError',
      code: 'sdp-refused',
    });
  });
}

test('sixteen m-lines are not too many', async () => {
  const sdp = await adapterLadder().answered(
    phoneSdp(...Array.from({ length: 16 }, () => 'm=audio 36000 RTP/AVP 0')),
  );

  expect(mLines(sdp)).toHaveLength(16);
});

test('a port count, spaces at the end and bare line feeds are forgiven', async () => {
  const { engine } = await adapterLadder().peerOffers(
    phoneSdp('m=audio 36000/1 RTP/AVP  0 8 ').replaceAll('\r\n', '\n'),
  );

  expect(mLines(engine)).toEqual(['m=audio 36000 RTP/AVP 0 8']);
});

test('an answer of the handset with other m-lines than the offer is refused', async () => {
  const { peerOffers, adapter } = adapterLadder();
  const { jsep } = await peerOffers(phoneSdp(...audio, ...video));
  const answer = browserAnswer(jsep);

  const cut = { ...answer, sdp: answer.sdp.slice(0, answer.sdp.indexOf('m=video')) };

  expect(() => adapter.fromHandset(cut)).toThrow(expect.objectContaining({ code: 'sdp-refused' }));
});

test('an offer of the handset without sound and picture is refused', () => {
  const { sdp } = browserOffer('audio-video-data');
  const dataOnly = sdp.slice(0, sdp.indexOf('m=audio')) + sdp.slice(sdp.indexOf('m=application'));

  expect(() => adapterLadder().handsetSays({ type: 'offer', sdp: dataOnly })).toThrow(
    expect.objectContaining({ code: 'sdp-refused' }),
  );
});

test('an engine that makes other m-lines than it was given is refused', async () => {
  const { adapter } = adapterLadder();
  const crossing = await adapter.fromPeer({ type: 'offer', sdp: phoneSdp(...audio, ...video) });

  expect(() => crossing.toHandset({ type: 'offer', sdp: phoneSdp(...audio) })).toThrow(MediaError);
});

test(
  'whatever is broken in an SDP, what comes out is an SDP or a MediaError',
  { timeout: 30_000 },
  async () => {
    const random = fuzzed(20261122);
    const whole = phoneSdp(
      ...audio,
      ...video,
      'm=application 5000 UDP/BFCP *',
      'a=rtcp-fb:96 nack pli',
      'b=AS:300',
    );

    for (let round = 0; round < 500; round += 1) {
      const { peerOffers, handsetSays } = adapterLadder();
      try {
        const { jsep } = await peerOffers(mutated(whole, random));
        handsetSays({ type: 'answer', sdp: mutated(browserAnswer(jsep).sdp, random) });
        handsetSays({ type: 'offer', sdp: mutated(browserOffer('audio').sdp, random) });
      } catch (error) {
        expect(error).toBeInstanceOf(MediaError);
      }
    }
  },
);

/** Bytes changed, lines dropped, doubled and swapped. */
function mutated(sdp: string, random: () => number): string {
  const pick = (below: number): number => Math.floor(random() * below);
  let lines = sdp.split('\r\n');
  for (let change = pick(4); change > 0; change -= 1) {
    const at = pick(lines.length);
    const line = lines[at] ?? '';
    const cut = pick(line.length + 1);
    const kind = pick(5);
    if (kind === 0) lines = lines.filter((_, index) => index !== at);
    else if (kind === 1) lines.splice(at, 0, line);
    else if (kind === 2)
      lines[at] = line.slice(0, cut) + String.fromCharCode(32 + pick(200)) + line.slice(cut + 1);
    else if (kind === 3) lines[at] = line.slice(0, cut);
    else lines.reverse();
  }
  return lines.join('\r\n');
}
