import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MediaEngine, MediaSession } from '../src/engine.ts';
import { browserAnswer, browserOffer } from './browser.ts';
import { audio, linesOf, mediaAt, mLines, phoneSdp, video } from './peer.ts';
import { recordingContract } from './recording-contract.ts';

/** An engine that is up, with what a test may do to it. */
export interface EngineUnderTest {
  readonly engine: MediaEngine;
  /** The engine's folder for recordings, on this machine; without it the engine has none. */
  readonly recordingDir?: string;
  /** What moves the media dies at once, as in a crash. */
  kill(): void | Promise<void>;
  /** After the engine's close: ends whatever it stood on. */
  stop(): Promise<void>;
  /** What calls take from the machine (ports, handles): from the start on the same numbers whenever no call is left. */
  resources?(): Promise<Readonly<Record<string, number>>>;
}

const candidate = {
  candidate: 'candidate:1 1 udp 2122265343 192.0.2.9 54321 typ host generation 0',
  sdpMid: '0',
  sdpMLineIndex: 0,
};

/** What every MediaEngine must do; an engine's own test file only adds its quirks. */
export function mediaEngineContract(
  name: string,
  start: () => Promise<EngineUnderTest>,
  { records = false } = {},
): void {
  describe(`${name} keeps the contract of media engines`, () => {
    let under: EngineUnderTest;
    let engine: MediaEngine;

    beforeEach(async () => {
      under = await start();
      engine = under.engine;
    });

    afterEach(async () => {
      await engine.close();
      await under.stop();
    });

    const peerOffers = (session: MediaSession, sdp = phoneSdp(...audio, ...video)) =>
      session.toHandset({ type: 'offer', sdp });
    const handsetAnswers = async (session: MediaSession, sdp?: string) =>
      session.toPeer(browserAnswer(await peerOffers(session, sdp)));

    test("the peer's offer becomes a JSEP offer: audio is mid 0, video mid 1, candidates are inside", async () => {
      const session = await engine.open();

      const jsep = await peerOffers(session);

      expect(jsep.type).toBe('offer');
      expect(mLines(jsep.sdp).map((line) => line.split(' ')[0])).toEqual(['m=audio', 'm=video']);
      expect(linesOf(jsep.sdp).filter((line) => line.startsWith('a=mid:'))).toEqual(['a=mid:0', 'a=mid:1']);
      for (const media of [0, 1]) expect(mediaAt(jsep.sdp, media).join()).toContain('a=candidate:');
      expect(jsep.sdp).toMatch(/^a=setup:actpass/m);
      expect(jsep.sdp).toMatch(/UDP\/TLS\/RTP\/SAVPF/);
    });

    test("the handset's answer becomes a plain answer", async () => {
      const session = await engine.open();

      const answer = await handsetAnswers(session);

      expect(answer.type).toBe('answer');
      expect(mLines(answer.sdp)).toEqual([
        expect.stringMatching(/^m=audio [1-9]\d* RTP\/AVP 0 8 101$/),
        expect.stringMatching(/^m=video [1-9]\d* RTP\/AVP 96$/),
      ]);
      expect(answer.sdp).toMatch(/^c=IN IP4 \d/m);
      expect(answer.sdp).not.toMatch(/ice-|candidate|fingerprint|a=mid|msid|ssrc/);
    });

    test("the handset's offer becomes a plain offer, and the peer's answer a JSEP answer", async () => {
      const session = await engine.open();

      const offer = await session.toPeer(browserOffer('audio-video'));
      const answer = await session.toHandset({ type: 'answer', sdp: phoneSdp(...audio) });

      expect(offer.type).toBe('offer');
      expect(mLines(offer.sdp)).toHaveLength(2);
      expect(answer.type).toBe('answer');
      expect(answer.sdp).toMatch(/^a=setup:(active|passive)/m);
      expect(mLines(answer.sdp)[1]).toMatch(/^m=video 0 /);
    });

    test('a call can be negotiated again, from either side, on the same ports', async () => {
      const session = await engine.open();
      const first = await handsetAnswers(session, phoneSdp(...audio));

      const held = await peerOffers(session, phoneSdp(...audio, 'a=sendonly'));
      const heldAnswer = await session.toPeer(browserAnswer(held));
      const again = await session.toPeer(browserOffer('audio-video'));
      const answer = await session.toHandset({ type: 'answer', sdp: phoneSdp(...audio) });

      expect(linesOf(held.sdp)).toContain('a=sendonly');
      expect(linesOf(heldAnswer.sdp)).toContain('a=recvonly');
      expect(portOf(heldAnswer.sdp)).toBe(portOf(first.sdp));
      expect(portOf(again.sdp)).toBe(portOf(first.sdp));
      expect(mLines(answer.sdp)[1]).toMatch(/^m=video 0 /);
      expect([first, heldAnswer, again].map((each) => /^o=- (\d+) (\d+)/m.exec(each.sdp)?.slice(1))).toEqual([
        [expect.any(String), '1'],
        [sessionIdOf(first.sdp), '2'],
        [sessionIdOf(first.sdp), '3'],
      ]);
    });

    test('a refused offer of the handset leaves the call as it was', async () => {
      const session = await engine.open();
      await handsetAnswers(session, phoneSdp(...audio));
      await session.toPeer(browserOffer('audio-video'));

      const answer = await handsetAnswers(session, phoneSdp(...audio));

      expect(mLines(answer.sdp)).toEqual([expect.stringMatching(/^m=audio [1-9]/)]);
    });

    test('an offer of the peer that is refused leaves the call as it was, whoever offers next', async () => {
      const session = await engine.open();
      const first = await handsetAnswers(session, phoneSdp(...audio));
      const refused = await peerOffers(session);
      await session.rollback();

      await expect(session.toPeer(browserAnswer(refused))).rejects.toMatchObject({ code: 'sdp-refused' });
      const own = await session.toPeer(browserOffer('audio'));
      const answer = await session.toHandset({ type: 'answer', sdp: phoneSdp(...audio) });
      const again = await handsetAnswers(session, phoneSdp(...audio));

      expect(mLines(own.sdp)).toEqual([expect.stringMatching(/^m=audio [1-9]/)]);
      expect(mLines(answer.sdp)).toHaveLength(1);
      expect(mLines(again.sdp)).toEqual([expect.stringMatching(/^m=audio [1-9]/)]);
      expect([own, again].map(({ sdp }) => portOf(sdp))).toEqual([portOf(first.sdp), portOf(first.sdp)]);
    });

    test('an offer of the handset can be taken back too, and nothing can be: with no offer open', async () => {
      const session = await engine.open();
      await session.rollback();
      await handsetAnswers(session, phoneSdp(...audio));
      await session.rollback();
      await session.toPeer(browserOffer('audio-video'));

      await session.rollback();
      await session.rollback();
      const answer = await handsetAnswers(session, phoneSdp(...audio));

      expect(mLines(answer.sdp)).toEqual([expect.stringMatching(/^m=audio [1-9]/)]);
    });

    for (const [srtp, profile] of [
      ['optional', 'RTP/AVP'],
      ['mandatory', 'RTP/SAVP'],
    ] as const) {
      test(`SRTP that is ${srtp} is offered to the peer as ${profile} with keys, and stays when it is taken`, async () => {
        const session = await engine.open();

        const offer = await session.toPeer(browserOffer('audio'), { srtp });
        const answer = await session.toHandset({ type: 'answer', sdp: securePhone(profile) });
        const again = await session.toPeer(browserOffer('audio'));

        for (const { sdp } of [offer, again]) {
          expect(mLines(sdp)[0]).toContain(` ${profile} `);
          expect(sdp).toMatch(/^a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[\w+/]{40}\r$/m);
        }
        expect(cryptoOf(again.sdp)).toBe(cryptoOf(offer.sdp));
        expect(answer.sdp).not.toContain('crypto');
      });
    }

    test('without SRTP, a peer is refused where SRTP is mandatory and taken where it is optional', async () => {
      const [strict, open] = [await engine.open(), await engine.open()];
      await strict.toPeer(browserOffer('audio'), { srtp: 'mandatory' });
      await open.toPeer(browserOffer('audio'), { srtp: 'optional' });
      const plain = { type: 'answer', sdp: phoneSdp(...audio) } as const;

      await expect(strict.toHandset(plain)).rejects.toMatchObject({ code: 'sdp-refused' });
      expect((await open.toHandset(plain)).type).toBe('answer');
    });

    for (const profile of ['RTP/AVP', 'RTP/SAVP']) {
      test(`SRTP that the peer offers as ${profile} is taken up, in its profile and under its tag`, async () => {
        const session = await engine.open();
        const jsep = await peerOffers(session, securePhone(profile, 7));

        const answer = await session.toPeer(browserAnswer(jsep));

        expect(jsep.sdp).not.toContain('crypto');
        expect(mLines(answer.sdp)[0]).toContain(` ${profile} `);
        expect(answer.sdp).toMatch(/^a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:[\w+/]{40}\r$/m);
        expect(cryptoOf(answer.sdp)).not.toBe(cryptoOf(securePhone(profile, 7)));
      });
    }

    test('an offer without SRTP is not answered where SRTP is mandatory, nor one of RTP/SAVP without a key', async () => {
      const session = await engine.open();
      const jsep = await peerOffers(session, phoneSdp(...audio));

      const answered = session.toPeer(browserAnswer(jsep), { srtp: 'mandatory' });

      await expect(answered).rejects.toMatchObject({ code: 'sdp-refused' });
      const keyless = peerOffers(await engine.open(), phoneSdp('m=audio 36000 RTP/SAVP 0'));
      await expect(keyless).rejects.toMatchObject({ code: 'sdp-refused' });
    });

    test('SRTP of one profile is offered with that alone', async () => {
      const session = await engine.open();
      const srtpProfile = 'AES_CM_128_HMAC_SHA1_32';

      const { sdp } = await session.toPeer(browserOffer('audio'), { srtp: 'mandatory', srtpProfile });

      expect(sdp.match(/^a=crypto:\d+ \S+/gm)).toEqual([`a=crypto:1 ${srtpProfile}`]);
    });

    test('what was refused is counted', async () => {
      const session = await engine.open();
      const before = engine.counters()['sdpRefused'] ?? 0;

      await expect(peerOffers(session, 'garbage')).rejects.toThrow();

      expect(engine.counters()['sdpRefused']).toBe(before + 1);
    });

    test('garbage is refused, from either side, and the session is still good', async () => {
      const session = await engine.open();

      await expect(peerOffers(session, 'garbage')).rejects.toMatchObject({ code: 'sdp-refused' });
      await expect(peerOffers(session, phoneSdp('m=image 6000 udptl t38'))).rejects.toMatchObject({
        code: 'sdp-refused',
      });
      await expect(session.toPeer({ type: 'answer', sdp: 'v=0\r\n' })).rejects.toMatchObject({
        code: 'sdp-refused',
      });
      await expect(session.toHandset({ type: 'answer', sdp: phoneSdp(...audio) })).rejects.toMatchObject({
        code: 'sdp-refused',
      });

      expect((await handsetAnswers(session)).type).toBe('answer');
    });

    test('an answer without a common codec is refused as that', async () => {
      const session = await engine.open();
      const jsep = await peerOffers(session, phoneSdp('m=audio 36000 RTP/AVP 18'));

      await expect(session.toPeer(browserAnswer(jsep))).rejects.toMatchObject({ code: 'no-common-codec' });
    });

    test('calls on a session are served in their order', async () => {
      const session = await engine.open();
      const done: string[] = [];
      const answer = browserAnswer(await peerOffers(await engine.open(), phoneSdp(...audio)));

      const offered = peerOffers(session, phoneSdp(...audio)).then(() => done.push('offer'));
      const answered = session.toPeer(answer).then(() => done.push('answer'));
      const again = peerOffers(session, phoneSdp(...audio, 'a=inactive')).then(() =>
        done.push('offer again'),
      );
      await Promise.all([offered, answered, again]);

      expect(done).toEqual(['offer', 'answer', 'offer again']);
    });

    test('candidates may come at any time, also before the SDP and after the end', async () => {
      const session = await engine.open();

      session.addCandidate(candidate);
      const jsep = await peerOffers(session);
      session.addCandidate(candidate);
      const answered = session.toPeer(browserAnswer(jsep));
      session.addCandidate(candidate);
      await answered;
      session.addCandidate({ completed: true });
      session.close();
      session.addCandidate(candidate);

      expect(await session.ended).toBe('closed');
    });

    test('a session can be closed twice, ends as closed, and is of no use afterwards', async () => {
      const session = await engine.open();
      const waiting = peerOffers(session).then(
        () => 'done',
        (error: unknown) => error,
      );

      session.close();
      session.close();

      expect(await session.ended).toBe('closed');
      expect(await waiting).toMatchObject({ name: 'MediaError', code: 'closed' });
      await expect(peerOffers(session)).rejects.toMatchObject({ code: 'closed' });
      expect(engine.sessionCount).toBe(0);
    });

    test('killing the engine ends every open session, once, as engine-lost', async () => {
      const sessions = [await engine.open(), await engine.open(), await engine.open()] as const;
      const closed = await engine.open();
      closed.close();
      await peerOffers(sessions[0]);

      await under.kill();

      expect(await Promise.all(sessions.map((session) => session.ended))).toEqual(
        sessions.map(() => 'engine-lost'),
      );
      expect(await closed.ended).toBe('closed');
      await expect(peerOffers(sessions[1])).rejects.toMatchObject({ code: 'closed' });
      await expect(engine.open()).rejects.toMatchObject({ code: 'engine-down' });
      expect([engine.sessionCount, engine.isUp]).toEqual([0, false]);
      expect(engine.counters()).toMatchObject({ sessionsLost: 3 });
    });

    test('closing the engine ends all sessions as closed, and may be done twice', async () => {
      const sessions = await Promise.all([engine.open(), engine.open()]);

      await engine.close();
      await engine.close();

      expect(await Promise.all(sessions.map((session) => session.ended))).toEqual(['closed', 'closed']);
      await expect(engine.open()).rejects.toMatchObject({ code: 'engine-down' });
      expect(engine.sessionCount).toBe(0);
    });

    if (records)
      recordingContract(
        () => engine.open(),
        () => under.recordingDir ?? '',
      );
    else
      test('recording without a folder is unsupported', async () => {
        const session = await engine.open();
        await handsetAnswers(session);

        await expect(session.record({ audio: true })).rejects.toMatchObject({ code: 'unsupported' });
      });

    test('statistics have each m-line that was agreed, as it is and at the end', async () => {
      const session = await engine.open();
      const none = await session.stats();
      await handsetAnswers(session);

      const lines = await session.stats();
      session.close();

      expect(none).toEqual([]);
      expect(lines.map(({ mid, type, codec }) => [mid, type, codec])).toEqual([
        ['0', 'audio', 'pcmu'],
        ['1', 'video', 'h264'],
      ]);
      expect(lines.map(({ fromHandset, fromPeer }) => [fromHandset.mos, fromPeer.mos])).toEqual([
        [undefined, undefined],
        [undefined, undefined],
      ]);
      expect(await session.finalStats).toEqual(lines);
      await expect(session.stats()).rejects.toMatchObject({ code: 'closed' });
    });

    test('an engine that is lost counts nothing any more', async () => {
      const session = await engine.open();
      await handsetAnswers(session);

      await under.kill();

      expect(await session.ended).toBe('engine-lost');
      expect(await session.finalStats).toEqual([]);
    });

    test('many calls leave nothing behind', { timeout: 60_000 }, async () => {
      const before = await under.resources?.();

      for (let round = 0; round < 6; round += 1) {
        const sessions = await Promise.all(Array.from({ length: 10 }, () => engine.open()));
        await Promise.all(sessions.map((session) => handsetAnswers(session)));
        for (const session of sessions) session.close();
      }

      expect(engine.sessionCount).toBe(0);
      await expect.poll(() => under.resources?.(), { timeout: 20_000 }).toEqual(before);
    });
  });
}

/** A phone with SRTP; the key is that of RFC 4568 §6.1. */
function securePhone(profile: string, tag = 1): string {
  const crypto = `a=crypto:${tag} AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj`;
  return phoneSdp(`m=audio 36000 ${profile} 0`, crypto);
}

function cryptoOf(sdp: string): string | undefined {
  return /^a=crypto:.*inline:(\S+)/m.exec(sdp)?.[1];
}

function portOf(sdp: string): string | undefined {
  return /^m=audio (\d+)/m.exec(sdp)?.[1];
}

function sessionIdOf(sdp: string): string | undefined {
  return /^o=- (\d+)/m.exec(sdp)?.[1];
}
