import { describe, expect, test } from 'vitest';
import { SrtpIndex } from '../src/srtp-index.ts';
import { freshKey, keyStream, sessionKeys, type SrtpKey, type SrtpSuite } from '../src/srtp-keys.ts';
import { SrtpReceiver } from '../src/srtp-receiver.ts';
import { SrtpSender } from '../src/srtp-sender.ts';
import { bytes, readRtp, rtp } from './rtp-packets.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** RFC 3711 §B.3. */
const known: SrtpKey = {
  suite: 'AES_CM_128_HMAC_SHA1_80',
  master: hex('E1F97A0D3E018BE0D64FA32C06DE4139'),
  salt: hex('0EC675AD498AFEEBB6960B3AABE6'),
};
const both: readonly SrtpSuite[] = ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'];

test('RFC 3711 §B.2: the key stream of AES in counter mode, around the carry of its counter too', () => {
  const key = hex('2B7E151628AED2A6ABF7158809CF4F3C');

  const first = keyStream(key, hex('F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000'), 48);
  const later = keyStream(key, hex('F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF'), 48);

  expect(first).toEqual(
    hex('E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0'),
  );
  expect(later).toEqual(
    hex('EC8CDF7398607CB0F2D21675EA9EA1E4 362B7C3C6773516318A077D7FC5073AE 6A2CC3787889374FBEB4C81B17BA6C44'),
  );
});

test('RFC 3711 §B.3: the keys that are derived from a master key', () => {
  expect(sessionKeys(known, 'rtp')).toEqual({
    cipherKey: hex('C61E7A93744F39EE10734AFE3FF7A087'),
    salt: hex('30CBBC08863D8C85D49DB34A9AE1'),
    authKey: hex('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4'),
  });
});

describe('packets that libsrtp makes with the key of RFC 3711 §B.3', () => {
  const plainRtp = hex(`800f1234 decafbad cafebabe ${'ab'.repeat(16)}`);
  const srtp = hex('800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb');
  const plainRtcp = hex(`81c8000b cafebabe ${'ab'.repeat(16)}`);
  const srtcp = hex('81c8000bcafebabe 7128035be487b9bdbef89041f977a5a8 80000001 993e08cd54d6c1230798');

  test('are those that we make', () => {
    const sender = new SrtpSender(known);

    expect(sender.rtp(plainRtp)).toEqual(srtp);
    expect(sender.rtcp(plainRtcp)).toEqual(srtcp);
  });

  test('are read', () => {
    const receiver = new SrtpReceiver(known);

    expect(receiver.rtp(Buffer.from(srtp))).toEqual(plainRtp);
    expect(receiver.rtcp(Buffer.from(srtcp))).toEqual(plainRtcp);
  });
});

const report = (ssrc: number): Buffer => bytes([0x80c80006, ssrc, 1, 2, 3, 4, 5]);

for (const suite of both) {
  const pair = (): { sender: SrtpSender; receiver: SrtpReceiver } => {
    const key = freshKey(suite);
    return { sender: new SrtpSender(key), receiver: new SrtpReceiver(key) };
  };

  describe(suite, () => {
    test('what is sent is not what is seen on the way, and is read as it was', () => {
      const { sender, receiver } = pair();
      const packet = rtp({ sequence: 7 });

      const sent = sender.rtp(packet)!;

      expect(sent.length).toBe(packet.length + (suite.endsWith('80') ? 10 : 4));
      expect(sent.subarray(0, 12)).toEqual(packet.subarray(0, 12));
      expect(sent.includes(packet.subarray(12, 24))).toBe(false);
      expect(receiver.rtp(sent)).toEqual(packet);
      // RFC 4568 §6.2.2: RTCP keeps the long tag.
      const control = sender.rtcp(report(9))!;
      expect(control.length).toBe(report(9).length + 4 + 10);
      expect(receiver.rtcp(control)).toEqual(report(9));
    });

    test('contributors and header extensions stay readable on the way', () => {
      const { sender, receiver } = pair();
      const packet = Buffer.concat([
        hex('92000001 00000000 00000007 00000011 00000022 bede0001 51010203'),
        Buffer.alloc(40, 7),
      ]);

      const sent = sender.rtp(packet)!;

      expect(sent.subarray(0, 28)).toEqual(packet.subarray(0, 28));
      expect(receiver.rtp(sent)).toEqual(packet);
    });

    test('a packet that comes twice is taken once, RTCP too', () => {
      const { sender, receiver } = pair();
      const [sent, control] = [sender.rtp(rtp({ sequence: 1 }))!, sender.rtcp(report(9))!];
      receiver.rtp(Buffer.from(sent));
      receiver.rtcp(Buffer.from(control));

      expect(receiver.rtp(sent)).toBe('replayed');
      expect(receiver.rtcp(control)).toBe('replayed');
    });

    test('every bit of a packet counts', () => {
      const { sender, receiver } = pair();
      const [sent, control] = [sender.rtp(rtp({ sequence: 1 }))!, sender.rtcp(report(9))!];
      const flipped = (packet: Buffer, at: number): Buffer => {
        const other = Buffer.from(packet);
        other[at]! ^= 1;
        return other;
      };

      for (let at = 1; at < sent.length; at += 1)
        expect(receiver.rtp(flipped(sent, at)), `byte ${at}`).toBe('forged');
      for (let at = 1; at < control.length; at += 1)
        expect(receiver.rtcp(flipped(control, at)), `byte ${at}`).toBe('forged');
      expect(receiver.rtp(sent)).toEqual(rtp({ sequence: 1 }));
      expect(receiver.rtcp(control)).toEqual(report(9));
    });

    test('with another key nothing is read', () => {
      const { receiver } = pair();
      const stranger = new SrtpSender(freshKey(suite));

      expect(receiver.rtp(stranger.rtp(rtp())!)).toBe('forged');
      expect(receiver.rtcp(stranger.rtcp(report(9))!)).toBe('forged');
    });

    for (const lost of [1, 150, 300, 3000, 30_000]) {
      test(`${lost} packets lost across the end of the numbers: the rest is read`, () => {
        const { sender, receiver } = pair();
        const first = 65_535 - Math.floor(lost / 2);
        const pass = (sequence: number): unknown =>
          receiver.rtp(sender.rtp(rtp({ sequence: sequence & 0xffff }))!);

        pass(first);
        for (let sequence = first + 1; sequence <= first + lost; sequence += 50)
          sender.rtp(rtp({ sequence: sequence & 0xffff }));

        for (let sequence = first + lost + 1; sequence < first + lost + 5; sequence += 1)
          expect(pass(sequence)).toEqual(rtp({ sequence: sequence & 0xffff }));
      });
    }

    test('two turns of the numbers, with disorder at each: all is read, and nothing twice', () => {
      const { sender, receiver } = pair();
      let read = 0;

      for (let index = 1000; index < 2 * 65_536 + 50; index += 1000) {
        // Of each two, the later one comes first.
        const two = [index + 1, index].map((each) => rtp({ sequence: each & 0xffff }));
        for (const packet of two.map((each) => sender.rtp(each)!)) {
          if (Buffer.isBuffer(receiver.rtp(Buffer.from(packet)))) read += 1;
          expect(receiver.rtp(packet)).toBe('replayed');
        }
      }

      expect(read).toBe(2 * Math.ceil((2 * 65_536 + 50 - 1000) / 1000));
    });
  });
}

test('streams have numbers of their own', () => {
  const key = freshKey('AES_CM_128_HMAC_SHA1_80');
  const [sender, receiver] = [new SrtpSender(key), new SrtpReceiver(key)];

  for (const ssrc of [1, 2, 3]) {
    const read = receiver.rtp(sender.rtp(rtp({ sequence: 5, ssrc }))!);
    expect(readRtp(read as Buffer)).toMatchObject({ sequence: 5, ssrc });
  }
});

test('what would use a key stream twice is not sent', () => {
  const sender = new SrtpSender(freshKey('AES_CM_128_HMAC_SHA1_80'));
  sender.rtp(rtp({ sequence: 500 }));

  expect(sender.rtp(rtp({ sequence: 500 }))).toBeUndefined();
  expect(sender.rtp(rtp({ sequence: 300 }))).toBeUndefined();
  expect(sender.rtp(rtp({ sequence: 499 }))).toBeDefined();
});

test('a sender of ever new streams is heard, and never sends a forgotten one anew', () => {
  const key = freshKey('AES_CM_128_HMAC_SHA1_80');
  const sender = new SrtpSender(key);

  const sent = Array.from({ length: 100 }, (_, ssrc) => sender.rtp(rtp({ ssrc })));

  expect(sent.filter(Boolean)).toHaveLength(64);
  expect(sent[0]).toBeDefined();
});

test('what is no packet is told as that', () => {
  const receiver = new SrtpReceiver(freshKey('AES_CM_128_HMAC_SHA1_80'));
  const extensionBeyondTheEnd = hex(`90000001 00000000 00000007 bede7fff ${'00'.repeat(20)}`);

  for (const junk of [Buffer.alloc(0), Buffer.alloc(11), Buffer.alloc(21, 0x80), extensionBeyondTheEnd]) {
    expect(receiver.rtp(junk)).toBe('unreadable');
  }
  for (const junk of [Buffer.alloc(0), Buffer.alloc(21, 0x80)])
    expect(receiver.rtcp(junk)).toBe('unreadable');
});

test('an MKI of the peer stands before the tag, and has to be the one that was named', () => {
  const key = freshKey('AES_CM_128_HMAC_SHA1_80');
  const sent = new SrtpSender(key).rtp(rtp())!;
  const withMki = (mki: Buffer): Buffer => Buffer.concat([sent.subarray(0, -10), mki, sent.subarray(-10)]);
  const receiver = new SrtpReceiver({ ...key, mki: hex('00000001') });

  expect(receiver.rtp(withMki(hex('00000002')))).toBe('forged');
  expect(receiver.rtp(withMki(hex('00000001')))).toEqual(rtp());
});

describe('the numbers of a stream', () => {
  const after = (...indexes: readonly number[]): SrtpIndex => {
    const stream = new SrtpIndex();
    for (const index of indexes) stream.accept(index);
    return stream;
  };

  for (const [newest, sequence, index] of [
    [65_535, 0, 65_536],
    [65_536, 65_535, 65_535],
    [65_000, 20_000, 65_536 + 20_000],
    [20_000, 50_000, 50_000],
    [65_536 + 20_000, 60_000, 60_000],
    [10 * 65_536 + 40_000, 100, 11 * 65_536 + 100],
    [10, 65_000, -536],
  ] as const) {
    test(`RFC 3711 §3.3.1: after ${newest}, ${sequence} is ${index}`, () => {
      expect(after(newest).indexOf(sequence)).toBe(index);
    });
  }

  test('128 packets back it is known what has been, further back nothing is taken', () => {
    const stream = after(1000, 1200);

    expect([1200, 1073, 1072, 1000].map((index) => stream.isFresh(index))).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect([1201, 70_000].map((index) => stream.isFresh(index))).toEqual([true, true]);
  });
});
