import { expect, test } from 'vitest';
import { adapterLadder } from './adapter-ladder.ts';
import { browserAnswer, browserOffer, fixture } from './browser.ts';
import { generated } from './nosip-model.ts';
import { audio, linesOf, mediaAt, mLines, phoneSdp, phoneSdpAt, video } from './peer.ts';

/** RFC 3264 §6 and §8: each side keeps its m-lines in its order, whatever the other side has. */
const short = (sdp: string): string[] => mLines(sdp).map((line) => line.split(' ').slice(0, 2).join(' '));
const mids = (sdp: string): string[] => linesOf(sdp).filter((line) => line.startsWith('a=mid:'));

test('a phone that knows no mids gets 0 for audio and 1 for video', async () => {
  const { jsep } = await adapterLadder().peerOffers(phoneSdp(...audio, ...video));

  expect(mids(jsep.sdp)).toEqual(['a=mid:0', 'a=mid:1']);
});

test('a phone that puts video first is answered video first, and the handset still has audio as mid 0', async () => {
  const { peerOffers, handsetSays } = adapterLadder();

  const { jsep } = await peerOffers(phoneSdp(...video, ...audio));
  const { sdp } = handsetSays(browserAnswer(jsep));

  expect(short(jsep.sdp)).toEqual(['m=audio 9', 'm=video 9']);
  expect(mids(jsep.sdp)).toEqual(['a=mid:0', 'a=mid:1']);
  expect(short(sdp)).toEqual(['m=video 25002', 'm=audio 25000']);
});

test('a data channel of the browser is refused at its place and never shown to engine or peer', async () => {
  const { handsetSays, peerAnswers, peerOffers } = adapterLadder();

  const { engine, sdp } = handsetSays(browserOffer('audio-video-data'));
  const { jsep } = await peerAnswers(phoneSdp(...audio, ...video));
  const later = await peerOffers(phoneSdp(...audio, ...video));

  expect(short(engine).map((line) => line.split(' ')[0])).toEqual(['m=audio', 'm=video']);
  expect(mLines(sdp)).toHaveLength(2);
  expect(short(jsep.sdp)).toEqual(['m=audio 9', 'm=video 9', 'm=application 0']);
  expect(mediaAt(later.jsep.sdp, 2)).toContain('a=mid:2');
});

test('video that the browser adds comes after what the peer refused before', async () => {
  const { answered, handsetSays, peerAnswers } = adapterLadder();
  await answered(phoneSdp(...audio, 'm=image 6000 udptl t38'));

  const { sdp } = handsetSays(browserOffer('audio-video'));
  const { jsep } = await peerAnswers(
    phoneSdp(...audio, 'm=image 0 udptl t38', 'm=video 36002 RTP/AVP 96', 'a=rtpmap:96 VP8/90000'),
  );

  expect(short(sdp)).toEqual(['m=audio 25000', 'm=image 0', 'm=video 25002']);
  expect(short(jsep.sdp)).toEqual(['m=audio 9', 'm=video 9']);
});

test('a peer that moves its audio to another m-line is followed', async () => {
  const { answered, peerOffers } = adapterLadder();
  await answered(phoneSdp(...audio));
  const moved = phoneSdp('m=audio 0 RTP/AVP 0', 'm=audio 40000 RTP/AVP 8');

  const { engine } = await peerOffers(moved);
  const sdp = await answered(moved);

  expect(mLines(engine)).toEqual(['m=audio 40000 RTP/AVP 8']);
  expect(short(sdp)).toEqual(['m=audio 0', 'm=audio 25000']);
});

test('a second audio m-line that comes to life does not take the place of the first', async () => {
  const { answered } = adapterLadder();
  await answered(phoneSdp('m=audio 0 RTP/AVP 0', 'm=audio 40000 RTP/AVP 8'));

  const sdp = await answered(phoneSdp('m=audio 36000 RTP/AVP 0', 'm=audio 40000 RTP/AVP 8'));

  expect(short(sdp)).toEqual(['m=audio 0', 'm=audio 25000']);
});

test('video that the peer switched off is offered to it again in its old place', async () => {
  const { answered, handsetSays } = adapterLadder();
  await answered(phoneSdp(...audio, ...video));
  await answered(phoneSdp(...audio, 'm=video 0 RTP/AVP 96'));

  const { sdp } = handsetSays(browserOffer('audio-video'));

  expect(short(sdp)).toEqual(['m=audio 25000', 'm=video 25002']);
});

test('video that the peer refused can be offered by the peer later', async () => {
  const { handsetSays, peerAnswers, answered } = adapterLadder();
  handsetSays(browserOffer('audio-video'));
  await peerAnswers(phoneSdp(...audio, 'm=video 0 RTP/AVP 96'));

  const sdp = await answered(phoneSdp(...audio, ...video));

  expect(short(sdp)).toEqual(['m=audio 25000', 'm=video 25002']);
});

test('an answer in the 183 and another in the 200 both count', async () => {
  const { handsetSays, peerAnswers } = adapterLadder();
  handsetSays(browserOffer('audio-video'));

  const early = await peerAnswers(phoneSdp(...audio));
  const final = await peerAnswers(
    phoneSdpAt('c=IN IP4 127.0.0.5', ...audio, 'm=video 36002 RTP/AVP 96', 'a=rtpmap:96 VP8/90000'),
  );

  expect(short(early.engine)).toEqual(['m=audio 36000', 'm=video 0']);
  expect(short(final.engine)).toEqual(['m=audio 36000', 'm=video 36002']);
  expect(linesOf(final.engine)).toContain('c=IN IP4 127.0.0.5');
});

test('an offer that was never answered leaves no trace', async () => {
  const { answered, peerOffers, handsetSays } = adapterLadder();
  await answered(phoneSdp(...audio));
  await peerOffers(phoneSdp(...audio, ...video));

  const { sdp } = handsetSays(browserOffer('audio'));

  expect(short(sdp)).toEqual(['m=audio 25000']);
});

test('an answer to nothing is refused, from either side', async () => {
  const { adapter, handsetSays, peerAnswers } = adapterLadder();

  await expect(peerAnswers(phoneSdp(...audio))).rejects.toMatchObject({ code: 'sdp-refused' });
  handsetSays(browserOffer('audio'));
  expect(() => adapter.fromHandset({ ...browserOffer('audio'), type: 'answer' })).toThrow(
    expect.objectContaining({ code: 'sdp-refused' }),
  );
});

test('an answer to a re-INVITE that was made elsewhere is taken', async () => {
  const { answered, peerAnswers } = adapterLadder();
  await answered(phoneSdp(...audio));

  const { engine } = await peerAnswers(phoneSdp(...audio, 'a=recvonly'));

  expect(mediaAt(engine, 0)).toContain('a=recvonly');
});

test('an answer keeps the transport and the feedback that was offered', async () => {
  const avpf = [
    'm=video 36002 RTP/AVPF 96',
    'a=rtpmap:96 VP8/90000',
    'a=rtcp-fb:* nack pli',
    'a=rtcp-fb:96 nack',
  ];

  const sdp = await adapterLadder().answered(phoneSdp(...audio, ...avpf));

  expect(mediaAt(sdp, 1)).toEqual(
    expect.arrayContaining(['m=video 25002 RTP/AVPF 96', 'a=rtcp-fb:96 nack pli']),
  );
  expect(sdp).not.toContain('a=rtcp-fb:96 nack\r\n');
});

test('a browser m-line that waits in the bundle with port 0 is no refusal', () => {
  const { sdp } = browserOffer('audio-video');
  const bundled = sdp.replace(/m=video \d+/, 'm=video 0').replace('a=mid:1', 'a=mid:1\r\na=bundle-only');

  const { engine, sdp: plain } = adapterLadder().handsetSays({ type: 'offer', sdp: bundled });

  expect(short(engine)[1]).toBe('m=video 9');
  expect(short(plain)[1]).toBe('m=video 25002');
});

test("Chromium's own answer to Janus's own offer goes to the phone it is for", async () => {
  const { adapter } = adapterLadder();
  const audioOffer = ['m=audio 36000 RTP/AVP 18 0 101', 'a=rtpmap:101 telephone-event/8000'];
  const crossing = await adapter.fromPeer({
    type: 'offer',
    sdp: phoneSdp(...video, 'm=application 5000 UDP/BFCP *', ...audioOffer),
  });

  const jsep = crossing.toHandset({ type: 'offer', sdp: fixture('janus-offer-audio-video.sdp') });
  const back = adapter.fromHandset({ type: 'answer', sdp: fixture('chromium-answer-audio-video.sdp') });
  const { sdp } = back.toPeer(generated(back.jsep));

  expect(jsep.sdp).toBe(fixture('janus-offer-audio-video.sdp'));
  expect(back.jsep.sdp).toBe(fixture('chromium-answer-audio-video.sdp'));
  expect(mLines(sdp)).toEqual([
    'm=video 25002 RTP/AVP 96',
    'm=application 0 UDP/BFCP *',
    'm=audio 25000 RTP/AVP 0 101',
  ]);
});
