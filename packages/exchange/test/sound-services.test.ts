import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { muLawOfPcm, pcmOfMuLaw } from '@soft-handset/media/g711';
import { parse } from 'sdp-transform';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { World, type Call } from './world.ts';

let world: World;
const ears: Ear[] = [];
beforeEach(async () => {
  world = await World.open();
});
afterEach(async () => {
  for (const ear of ears.splice(0)) ear.close();
  await world.close();
});

/** The media of a phone: it hears what comes, and says silence or a level. */
class Ear {
  readonly packets: Buffer[] = [];
  readonly #socket: Socket;
  #timer: NodeJS.Timeout | undefined;
  #sequence = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (packet) => this.packets.push(packet));
    ears.push(this);
  }

  static async open(): Promise<Ear> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new Ear(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  offer(payloads = '0', host = '127.0.0.1', port = this.port): string {
    const media = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', `c=IN IP4 ${host}`, 't=0 0'];
    return [...media, `m=audio ${port} RTP/AVP ${payloads}`, 'a=rtpmap:96 opus/48000/2', ''].join('\r\n');
  }

  /** Says a square wave of that height, every 20 ms, to there. */
  says(height: number, port: number): void {
    const samples = Int16Array.from({ length: 160 }, (_, at) => (at % 16 < 8 ? height : -height));
    const payload = muLawOfPcm(samples);
    this.#timer = setInterval(() => {
      const header = Buffer.alloc(12);
      header[0] = 0x80;
      header.writeUInt16BE(this.#sequence++ & 0xffff, 2);
      this.#socket.send(Buffer.concat([header, payload]), port, '127.0.0.1');
    }, 20);
  }

  /** The loudest of the last frame. */
  get level(): number {
    return loudness(this.packets.at(-1));
  }

  /** How often there was sound between silences, so far. */
  get bursts(): number {
    let [bursts, quiet] = [0, 5];
    for (const packet of this.packets) {
      const isLoud = loudness(packet) > 1_000;
      if (isLoud && quiet >= 5) bursts += 1;
      quiet = isLoud ? 0 : quiet + 1;
    }
    return bursts;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#socket.close();
  }
}

function loudness(packet: Buffer | undefined): number {
  return packet ? Math.max(...pcmOfMuLaw(packet.subarray(12))) : 0;
}

const portIn = (sdp: string) => parse(sdp).media[0]?.port ?? 0;

async function calls(number: string, service: string, ear: Ear): Promise<{ call: Call; port: number }> {
  const phone = await world.registeredPhone(number);
  const call = phone.call(`sip:${service}@127.0.0.1`, ear.offer());
  return { call, port: portIn(await call.answered.next()) };
}

describe('601, the measuring tone', () => {
  test('sounds at once where the caller says that it listens, in numbered frames of 20 ms', async () => {
    const ear = await Ear.open();
    await calls('1001', '601', ear);

    await expect.poll(() => ear.packets.length, { timeout: 20_000 }).toBeGreaterThan(5);

    const [first, second] = ear.packets;
    expect(first?.subarray(12).toString('hex')).toBe('1e0b0b1e9e8b8b9e'.repeat(20));
    expect([first?.[1], second?.[1]]).toEqual([0x80, 0]);
    expect((second?.readUInt16BE(2) ?? 0) - (first?.readUInt16BE(2) ?? 0)).toBeOneOf([1, -65_535]);
    expect(((second?.readUInt32BE(4) ?? 0) - (first?.readUInt32BE(4) ?? 0)) >>> 0).toBe(160);
    expect(second?.readUInt32BE(8)).toBe(first?.readUInt32BE(8));
  });

  test('sounds where the caller speaks from, where that is elsewhere', async () => {
    const [named, ear] = [await Ear.open(), await Ear.open()];
    const phone = await world.registeredPhone('1001');
    const call = phone.call('sip:601@127.0.0.1', named.offer());
    ear.says(0, portIn(await call.answered.next()));

    await expect.poll(() => ear.packets.length, { timeout: 20_000 }).toBeGreaterThan(5);
  });

  test('is never aimed at a stranger, whatever the SDP says', async () => {
    const ear = await Ear.open();
    const phone = await world.registeredPhone('1001');
    const stranger = createSocket('udp4').bind(0, '127.0.0.2');
    await once(stranger, 'listening');
    let heard = 0;
    stranger.on('message', () => (heard += 1));

    const call = phone.call('sip:601@127.0.0.1', ear.offer('0', '127.0.0.2', stranger.address().port));
    const port = portIn(await call.answered.next());
    ear.says(0, port);
    await expect.poll(() => ear.packets.length, { timeout: 20_000 }).toBeGreaterThan(5);
    stranger.close();

    expect(heard).toBe(0);
  });

  test('takes the law that the offer puts first', async () => {
    const ear = await Ear.open();
    const phone = await world.registeredPhone('1001');

    const call = phone.call('sip:601@127.0.0.1', ear.offer('96 8 0'));
    expect(await call.answered.next()).toMatch(/^m=audio \d+ RTP\/AVP 8\r$/m);
    await expect.poll(() => ear.packets.length, { timeout: 20_000 }).toBeGreaterThan(2);

    expect(ear.packets[0]?.subarray(12).toString('hex')).toBe('34212134b4a1a1b4'.repeat(20));
  });

  test('makes the offer of a return call, and sounds by its answer', async () => {
    const ear = await Ear.open();
    const phone = await world.registeredPhone('1001');
    const call = phone.call('sip:601@127.0.0.1');
    const offered = parse(await call.answered.next());
    expect(offered.media.map(({ type, payloads }) => `${type} ${payloads}`)).toEqual(['audio 8 0 101']);

    call.session.ack(ear.offer('0'));

    await expect.poll(() => ear.packets.length, { timeout: 20_000 }).toBeGreaterThan(2);
    expect(ear.packets[0]?.[1]).toBe(0x80);
  });

  test('ends when the caller hangs up, and holds no port', async () => {
    const ear = await Ear.open();
    const { call } = await calls('1001', '601', ear);
    await expect.poll(() => ear.packets.length, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(world.exchange.counts().soundCalls).toBe(1);

    call.session.end();

    await expect.poll(() => world.exchange.counts().soundCalls, { timeout: 20_000 }).toBe(0);
  });

  const refused: readonly (readonly [what: string, sdp: (ear: Ear) => string])[] = [
    ['no G.711', (ear) => ear.offer('96')],
    ['no SDP', () => 'garbage'],
    ['a browser without a gateway', (ear) => ear.offer().replace('RTP/AVP', 'UDP/TLS/RTP/SAVPF')],
    ['sound that is switched off', (ear) => ear.offer('0', '127.0.0.1', 0)],
  ];
  for (const [what, sdp] of refused) {
    test(`an offer of ${what} hears 488`, async () => {
      const phone = await world.registeredPhone('1001');

      const call = phone.call('sip:601@127.0.0.1', sdp(await Ear.open()));

      expect(await call.ended.next()).toMatchObject({ status: 488 });
      expect(world.exchange.counts().soundCalls).toBe(0);
    });
  }
});

for (const number of ['600', '601', '602', '800']) {
  test(`${number} is for our accounts: who proves to be none hears 403, who proves nothing 407`, async () => {
    const ear = await Ear.open();
    const intruder = await world.phone('1001', { password: 'wrong' });
    const nobody = await world.phone('1999');

    expect(await intruder.call(`sip:${number}@127.0.0.1`, ear.offer()).ended.next()).toMatchObject({
      status: 403,
    });
    expect(await nobody.call(`sip:${number}@127.0.0.1`, ear.offer()).ended.next()).toMatchObject({
      status: 407,
    });
    expect(world.exchange.counts()).toMatchObject({ echoCalls: 0, soundCalls: 0 });
  });
}

test('602 plays to everybody from the beginning, at the pace of time', async () => {
  const ear = await Ear.open();
  await calls('1001', '602', ear);

  await expect.poll(() => ear.level, { timeout: 20_000 }).toBeGreaterThan(1_000);
});

describe('800, the room', () => {
  test('lets everybody hear all others and not himself', async () => {
    const [loud, soft, silent] = [await Ear.open(), await Ear.open(), await Ear.open()];
    const rooms = [
      await calls('1001', '800', loud),
      await calls('1002', '800', soft),
      await calls('1003', '800', silent),
    ];
    loud.says(8_000, rooms[0]!.port);
    soft.says(2_000, rooms[1]!.port);
    silent.says(0, rooms[2]!.port);

    const near = (level: number, wanted: number) => Math.abs(level - wanted) < wanted / 10;
    await expect.poll(() => near(loud.level, 2_000), { timeout: 20_000 }).toBe(true);
    await expect.poll(() => near(soft.level, 8_000), { timeout: 20_000 }).toBe(true);
    // Their waves may be in step or against each other.
    await expect
      .poll(() => near(silent.level, 10_000) || near(silent.level, 6_000) || near(silent.level, 8_000), {
        timeout: 20_000,
      })
      .toBe(true);
  });

  test('tells by two tones who comes and who goes', async () => {
    const first = await Ear.open();
    const quiet = () => expect.poll(() => first.level, { timeout: 20_000 }).toBeLessThan(100);
    const bursts = () => expect.poll(() => first.bursts, { timeout: 20_000 });
    await calls('1001', '800', first);
    await bursts().toBe(1);
    await quiet();

    const second = await calls('1002', '800', await Ear.open());
    await bursts().toBe(2);
    await quiet();
    second.call.session.end();

    await bursts().toBe(3);
  });

  test('is full with eight', async () => {
    const phone = await world.registeredPhone('1001');
    const ear = await Ear.open();
    const enter = () => phone.call('sip:800@127.0.0.1', ear.offer());
    for (let member = 0; member < 8; member++) await enter().answered.next();

    expect(await enter().ended.next()).toMatchObject({ status: 486 });
  });
});
