import { expect, test } from 'vitest';
import { adapterLadder } from './adapter-ladder.ts';
import { browserAnswer, browserOffer } from './browser.ts';
import { audio, linesOf, mediaAt, mLines, phoneSdp, phoneSdpAt, video } from './peer.ts';

const directions = (sdp: string): string[] =>
  linesOf(sdp).filter((line) => /^a=(sendrecv|sendonly|recvonly|inactive)$/.test(line));

test('1: a direction of the session holds for each m-line that has none of its own', async () => {
  const { peerOffers } = adapterLadder();

  const { engine, jsep } = await peerOffers(
    phoneSdpAt('c=IN IP4 127.0.0.1\na=sendonly', ...audio, ...video, 'a=inactive'),
  );

  expect(directions(engine)).toEqual(['a=sendonly', 'a=inactive']);
  expect(directions(jsep.sdp)).toEqual(['a=sendonly', 'a=inactive']);
});

test('2: c=0.0.0.0 is a hold, and the address stays what it was', async () => {
  const { peerOffers, answered } = adapterLadder();
  await answered(phoneSdpAt('c=IN IP4 127.0.0.7', ...audio));

  const held = await peerOffers(phoneSdpAt('c=IN IP4 0.0.0.0', ...audio));
  const silent = await peerOffers(phoneSdpAt('c=IN IP4 0.0.0.0', ...audio, 'a=recvonly'));

  expect(mediaAt(held.engine, 0)).toEqual(expect.arrayContaining(['c=IN IP4 127.0.0.7', 'a=sendonly']));
  expect(mediaAt(silent.engine, 0)).toEqual(expect.arrayContaining(['c=IN IP4 127.0.0.7', 'a=inactive']));
});

test('3: m=audio 0 in a re-INVITE stops the engine and is answered with port 0', async () => {
  const { peerOffers, handsetSays, answered } = adapterLadder();
  await answered(phoneSdp(...audio, ...video));

  const { engine, jsep } = await peerOffers(phoneSdp('m=audio 0 RTP/AVP 0', ...video));
  const { sdp } = handsetSays(browserAnswer(jsep));

  expect(mediaAt(engine, 0)).toEqual(expect.arrayContaining(['m=audio 36000 RTP/AVP 0', 'a=inactive']));
  expect(mLines(sdp)).toEqual(['m=audio 0 RTP/AVP 0', 'm=video 25002 RTP/AVP 96']);
});

test('3: an m-line that was switched off can be switched on again', async () => {
  const { answered } = adapterLadder();
  await answered(phoneSdp(...audio, ...video));
  await answered(phoneSdp(...audio, 'm=video 0 RTP/AVP 96'));

  const sdp = await answered(phoneSdp(...audio, ...video));

  expect(mLines(sdp)[1]).toBe('m=video 25002 RTP/AVP 96');
});

test('4: m=application and m=image never reach the engine and are refused at their places', async () => {
  const { peerOffers, handsetSays } = adapterLadder();

  const { engine, jsep } = await peerOffers(
    phoneSdp(
      'm=application 5000 UDP/BFCP *',
      ...audio,
      'm=image 6000 udptl t38',
      'a=T38FaxVersion:0',
      ...video,
    ),
  );
  const { sdp } = handsetSays(browserAnswer(jsep));

  expect(mLines(engine).map((line) => line.split(' ')[0])).toEqual(['m=audio', 'm=video']);
  expect(mLines(sdp)).toEqual([
    'm=application 0 UDP/BFCP *',
    'm=audio 25000 RTP/AVP 0 8 101',
    'm=image 0 udptl t38',
    'm=video 25002 RTP/AVP 96',
  ]);
});

test('5: an answer with fewer m-lines than the offer is filled up with port 0', async () => {
  const { handsetSays, peerAnswers } = adapterLadder();
  handsetSays(browserOffer('audio-video'));

  const { engine, jsep } = await peerAnswers(phoneSdp(...audio));

  expect(mLines(engine)[1]).toMatch(/^m=video 0 /);
  expect(mLines(jsep.sdp)[1]).toMatch(/^m=video 0 /);
});

test('6: rtpmap and fmtp of payload types that the m-line does not name are gone', async () => {
  const { peerOffers } = adapterLadder();

  const { engine } = await peerOffers(
    phoneSdp('m=audio 36000 RTP/AVP 0 99', 'a=rtpmap:18 G729/8000', 'a=fmtp:18 annexb=no', 'a=fmtp:101 0-15'),
  );

  expect(mLines(engine)).toEqual(['m=audio 36000 RTP/AVP 0']);
  expect(engine).not.toMatch(/:(18|99|101) /);
});

test('7: without a common codec the answer is refused as no-common-codec', async () => {
  const { peerOffers, adapter } = adapterLadder();
  const { jsep } = await peerOffers(
    phoneSdp('m=audio 36000 RTP/AVP 18 101', 'a=rtpmap:101 telephone-event/8000'),
  );

  expect(() => adapter.fromHandset(browserAnswer(jsep))).toThrow(
    expect.objectContaining({ name: 'MediaError', code: 'no-common-codec' }),
  );
});

test('7: tones alone are no common codec', async () => {
  const { peerOffers, adapter } = adapterLadder();
  const { jsep } = await peerOffers(
    phoneSdp('m=audio 36000 RTP/AVP 18 101', 'a=rtpmap:101 telephone-event/8000'),
  );
  const tonesOnly = jsep.sdp.replace('SAVPF 18 101', 'SAVPF 101');

  expect(() => adapter.fromHandset({ type: 'answer', sdp: tonesOnly })).toThrow(
    expect.objectContaining({ code: 'no-common-codec' }),
  );
});

test('8: video that the browser refused has port 0 for the peer', async () => {
  const { answered } = adapterLadder();

  const sdp = await answered(phoneSdp(...audio, ...video), ['video']);

  expect(mLines(sdp)).toEqual(['m=audio 25000 RTP/AVP 0 8 101', 'm=video 0 RTP/AVP 96']);
});

test('9: a host name in c= reaches the engine as its address', async () => {
  const asked: string[] = [];
  const { peerOffers } = adapterLadder((names) => {
    asked.push(...names);
    return Promise.resolve(new Map([['pbx.example', '127.0.0.9']]));
  });

  const { engine } = await peerOffers(phoneSdpAt('c=IN IP4 pbx.example', ...audio));

  expect(asked).toEqual(['pbx.example']);
  expect(linesOf(engine)).toContain('c=IN IP4 127.0.0.9');
});

test('9: a host name that stands for nothing leaves nothing usable', async () => {
  const { peerOffers } = adapterLadder();

  await expect(peerOffers(phoneSdpAt('c=IN IP4 nowhere.invalid', ...audio))).rejects.toMatchObject({
    code: 'sdp-refused',
  });
});

test('9: IPv6 and multicast addresses are refused, the engine has neither', async () => {
  for (const connection of ['c=IN IP6 2001:db8::1', 'c=IN IP4 224.2.1.1/127']) {
    await expect(adapterLadder().peerOffers(phoneSdpAt(connection, ...audio))).rejects.toMatchObject({
      code: 'sdp-refused',
    });
  }
});

test('10: an offer with audio and video fits into a UDP packet with room for its headers', () => {
  const { handsetSays } = adapterLadder();

  const audioOnly = adapterLadder().handsetSays(browserOffer('audio')).sdp;
  const { sdp } = handsetSays(browserOffer('audio-video'));

  expect(audioOnly.length).toBeLessThan(400);
  expect(sdp.length).toBeLessThan(900);
  expect(sdp).not.toMatch(/rtx|red|ulpfec|AV1|VP9|rtcp-fb|extmap|rtcp-xr/);
});

test('11: nothing of the browser shows in what the peer gets', () => {
  const { handsetSays } = adapterLadder();

  const { sdp } = handsetSays(browserOffer('audio-video'));

  expect(sdp).not.toMatch(/1\.1\.1\.1|a=msid|a=mid|a=ssrc|a=ice|a=group/);
  expect(linesOf(sdp)[1]).toBe('o=- 2251799813685249 1 IN IP4 192.0.2.2');
});

test('11: the version in o= goes up by one when the SDP changes, and only then', async () => {
  const { handsetSays, peerAnswers, answered } = adapterLadder();
  const origin = (sdp: string): string => linesOf(sdp)[1]!;
  const offer = browserOffer('audio');

  const first = origin(handsetSays(offer).sdp);
  await peerAnswers(phoneSdp(...audio));
  const again = origin(handsetSays(offer).sdp);
  await peerAnswers(phoneSdp(...audio));
  const held = origin(await answered(phoneSdp(...audio, 'a=sendonly')));
  const heldAgain = origin(await answered(phoneSdp(...audio, 'a=sendonly')));

  expect([first, again, held, heldAgain].map((line) => line.split(' ')[2])).toEqual(['1', '1', '2', '2']);
});

test('11: a second audio or video m-line is refused with port 0', async () => {
  const { peerOffers, handsetSays } = adapterLadder();
  const slides = ['m=video 36010 RTP/AVP 97', 'a=rtpmap:97 VP8/90000', 'a=content:slides'];

  const { engine, jsep } = await peerOffers(
    phoneSdp(...audio, ...video, ...slides, 'm=audio 36012 RTP/AVP 0'),
  );
  const { sdp } = handsetSays(browserAnswer(jsep));

  expect(mLines(engine)).toHaveLength(2);
  expect(mLines(sdp).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'm=audio 25000',
    'm=video 25002',
    'm=video 0',
    'm=audio 0',
  ]);
});
