import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { captureFault } from '../src/capture.ts';
import { isBackCamera, isEarpiece, isFrontCamera, isSpeaker } from '../src/device-labels.ts';
import { DtmfQueue } from '../src/dtmf.ts';
import { Emitter } from '../src/emitter.ts';
import { HandsetError } from '../src/handset-error.ts';
import { within } from '../src/limit.ts';
import { directionsOf, hasVideo, tracksForAnswer, tracksForOffer } from '../src/media.ts';
import { messageFor } from '../src/messages.ts';
import { isPhone } from '../src/negotiation.ts';
import { readSipserverMessage } from '../src/sipserver-message.ts';
import { telNumber } from '../src/tel-number.ts';
import { ringbackTone, toneSampleRate, toneSamples } from '../src/tones.ts';
import { version } from '../src/version.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('MediaConfig', () => {
  test.each([
    [undefined, false, '1100'],
    [undefined, true, '1111'],
    [{ video: true }, false, '1111'],
    [{ video: false }, true, '1100'],
    [{ audio: false, video: true }, false, '0011'],
    [{ audioSend: false }, false, '0100'],
    [{ videoRecv: true }, false, '1101'],
    [{ video: true, videoSend: false }, false, '1101'],
  ])(
    '%o with video by default %s: send and receive audio, send and receive video %s',
    (config, video, bits) => {
      const { audioSend, audioRecv, videoSend, videoRecv } = directionsOf(config, { video });

      expect([audioSend, audioRecv, videoSend, videoRecv].map(Number).join('')).toBe(bits);
    },
  );

  test('an offer names only what goes some way; an answer says no to the rest', () => {
    const audioOnly = directionsOf(undefined, { video: false });

    expect(tracksForOffer(audioOnly, {})).toMatchObject([{ type: 'audio', capture: false, recv: true }]);
    expect(tracksForAnswer(audioOnly, {})).toMatchObject([
      { type: 'audio', capture: false, recv: true },
      { type: 'video', capture: false, recv: false },
    ]);
  });

  test('video with port 0 is no video', () => {
    expect([hasVideo('v=0\r\nm=video 9 X 96'), hasVideo('v=0\r\nm=video 0 X 96'), hasVideo('v=0')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('getUserMedia faults', () => {
  test.each([
    ['NotAllowedError', 'microphone-refused', 'camera-refused'],
    ['SecurityError', 'microphone-refused', 'camera-refused'],
    ['NotFoundError', 'no-microphone', 'no-camera'],
    ['OverconstrainedError', 'no-microphone', 'no-camera'],
    ['NotReadableError', 'device-busy', 'device-busy'],
    ['AbortError', 'device-busy', 'device-busy'],
    ['TypeError', 'not-secure', 'not-secure'],
  ])('%s', (name, microphone, camera) => {
    const cause = new DOMException('', name);

    expect(captureFault(cause, 'microphone')).toMatchObject({ code: microphone, cause });
    expect(captureFault(cause, 'camera').code).toBe(camera);
  });
});

describe('messages', () => {
  test.each([1001, 1002, 1004, 9001, 404, 408, 480, 486, 487, 488, 503, 603])(
    '%i has a text of its own',
    (code) => {
      expect(messageFor(code, 'zh-CN', 'detail')).toMatch(/[\u4e00-\u9fff].*。$/);
      expect(messageFor(code, 'en', 'detail')).toMatch(/^[A-Z].*\.$/);
    },
  );

  test('another status means what its class means, unless the server says more', () => {
    expect(messageFor(599, 'en')).toBe(messageFor(503, 'en'));
    expect(messageFor(607, 'zh-CN')).toBe('对方拒接。');
    expect(messageFor(433, 'en')).toBe('The call was not taken.');
    expect(messageFor(433, 'en', 'Anonymity Disallowed')).toBe('Anonymity Disallowed');
  });

  test('an error in another language keeps its code and its cause', () => {
    const cause = new Error('why');

    expect(HandsetError.of('no-microphone', cause).in('zh-CN')).toMatchObject({
      code: 'no-microphone',
      message: '没有找到麦克风，插上后自动可用。',
      cause,
    });
  });
});

describe('device labels', () => {
  test.each(['Speakerphone', '扬声器', '免提'])('%s is a loudspeaker', (label) => {
    expect([isSpeaker(label), isEarpiece(label)]).toEqual([true, false]);
  });

  test.each(['Headset earpiece', '听筒', 'Bluetooth headset', '有线耳机', 'Bluetooth speaker headset'])(
    '%s is held to the ear',
    (label) => {
      expect([isSpeaker(label), isEarpiece(label)]).toEqual([false, true]);
    },
  );

  test('cameras look to the user or away', () => {
    expect([isFrontCamera('camera2 1, facing front'), isBackCamera('camera2 0, facing back')]).toEqual([
      true,
      true,
    ]);
    expect([isFrontCamera('后置相机'), isBackCamera('前置相机'), isFrontCamera('USB Camera')]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('phones are told from desks', () => {
    expect(isPhone('Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile MicroMessenger/8.0')).toBe(true);
    expect(isPhone('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1')).toBe(true);
    expect(isPhone('Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0 Safari/537.36')).toBe(false);
  });
});

describe('DTMF', () => {
  test('tones go out in turn, each after the last one has been played', async () => {
    const sent: string[] = [];
    const queue = new DtmfQueue(async (tones) => sent.push(tones));

    const first = queue.send('12#a');
    const second = queue.send('9');
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual(['12#A']);
    await vi.advanceTimersByTimeAsync(4 * 170);
    await first;
    expect(sent).toEqual(['12#A', '9']);
    await vi.advanceTimersByTimeAsync(170);
    await second;
  });

  test.each(['', '12x', '1 2', '+', '1'.repeat(65)])('"%s" is refused', async (digits) => {
    const queue = new DtmfQueue(async () => expect.unreachable());

    await expect(queue.send(digits)).rejects.toMatchObject({ code: 'wrong-state' });
  });

  test('the end of the call ends what still plays, and what has not begun is refused', async () => {
    const queue = new DtmfQueue(async () => undefined);
    const playing = queue.send('123');
    const waiting = queue.send('4').catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(0);

    queue.close();

    await playing;
    expect(await waiting).toMatchObject({ code: 'wrong-state' });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a tone that could not be sent does not hold up the next', async () => {
    let isBroken = true;
    const queue = new DtmfQueue(async () => {
      if (isBroken) throw new Error('no sender');
    });
    await expect(queue.send('1')).rejects.toThrow('no sender');

    isBroken = false;
    const next = queue.send('2');
    await vi.advanceTimersByTimeAsync(170);

    await expect(next).resolves.toBeUndefined();
  });
});

describe('small things', () => {
  test.each([
    ['sip:6001@pbx.example;user=phone', '6001'],
    ['sips:alice@example.org:5061', 'alice'],
    ['sip:%2B8613800138000@pbx', '+8613800138000'],
    ['tel:+86-10-1234', '+86-10-1234'],
    ['6001', '6001'],
    ['sip:100%@pbx', '100%'],
    ['sip:@pbx', 'sip:@pbx'],
  ])('the number in %s is %s', (uri, number) => {
    expect(telNumber(uri)).toBe(number);
  });

  test('the ringback of China: 450 Hz, one second on, four off, without a click', () => {
    const samples = toneSamples(ringbackTone);
    const isSilent = (from: number, to: number) =>
      samples.slice(from * toneSampleRate, to * toneSampleRate).every((sample) => sample === 0);

    expect(samples).toHaveLength(5 * toneSampleRate);
    expect([isSilent(0, 1), isSilent(1, 5)]).toEqual([false, true]);
    expect(Math.max(...samples)).toBeCloseTo(ringbackTone.volume);
    expect(Math.abs(samples[toneSampleRate - 1]!)).toBeLessThan(0.01);
  });

  test('what comes after the time limit is handed to be undone', async () => {
    let give: (value: string) => void = () => undefined;
    const late = vi.fn();
    const waited = within(100, new Promise<string>((resolve) => (give = resolve)), late);
    const outcome = expect(waited).rejects.toMatchObject({ code: 'timeout' });

    await vi.advanceTimersByTimeAsync(100);
    give('too late');
    await outcome;
    await vi.advanceTimersByTimeAsync(0);

    expect(late).toHaveBeenCalledWith('too late');
  });

  test('a listener that is taken off hears nothing, also while the event is told', () => {
    const emitter = new Emitter<{ told: number }>();
    const heard: number[] = [];
    const listener = (value: number) => heard.push(value);
    emitter.on('told', listener);
    emitter.on('told', listener);

    emitter.emit('told', 1);
    emitter.off('told', listener);
    emitter.emit('told', 2);

    expect(heard).toEqual([1]);
  });

  test('an event is read with its call and its description; what is not known is not read', () => {
    const jsep = { type: 'offer', sdp: 'v=0' };

    expect(
      readSipserverMessage({ sip: 'event', call_id: 'c', result: { event: 'new_accepted' } }, jsep),
    ).toEqual({
      kind: 'event',
      callId: 'c',
      event: { event: 'new_accepted' },
      jsep,
    });
    expect(readSipserverMessage({ sip: 'event', error_code: 447, error: 'no' }, undefined)).toEqual({
      kind: 'error',
      callId: undefined,
      code: 447,
      text: 'no',
    });
    expect(readSipserverMessage({ sip: 'event', result: { event: 'new one' } }, undefined)).toBeUndefined();
    expect(readSipserverMessage(null, undefined)).toBeUndefined();
  });

  test("the version is the package's", () => {
    const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');

    expect((JSON.parse(text) as { version: string }).version).toBe(version);
  });
});
