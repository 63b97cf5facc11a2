import { afterEach, describe, expect, test } from 'vitest';
import type { Protocol } from '../src/contract.ts';
import { makeCore } from '../src/core.ts';
import { systemDns } from '../src/dns.ts';
import type { NaptrRecord, SipDns, SrvRecord } from '../src/dns.ts';
import { Headers } from '../src/headers.ts';
import type { SipRequest } from '../src/message.ts';
import { Resolver } from '../src/resolve.ts';
import type { Way } from '../src/resolve.ts';
import { TransportSet } from '../src/transport-set.ts';
import { parseUri } from '../src/uri.ts';
import { FakeClock } from './fake-clock.ts';
import { MemoryNetwork } from '../src/memory-network.ts';
import { TinyDns } from './tiny-dns.ts';

/** What the DNS has, and what it was asked. */
class Zone implements SipDns {
  readonly asked: string[] = [];
  readonly #naptr: Readonly<Record<string, readonly NaptrRecord[]>>;
  readonly #srv: Readonly<Record<string, readonly SrvRecord[]>>;
  readonly #addresses: Readonly<Record<string, readonly string[]>>;

  constructor(records: {
    naptr?: Readonly<Record<string, readonly NaptrRecord[]>>;
    srv?: Readonly<Record<string, readonly SrvRecord[]>>;
    addresses?: Readonly<Record<string, readonly string[]>>;
  }) {
    this.#naptr = records.naptr ?? {};
    this.#srv = records.srv ?? {};
    this.#addresses = records.addresses ?? {};
  }

  naptr(domain: string) {
    return this.#answer(`NAPTR ${domain}`, this.#naptr[domain]);
  }

  srv(name: string) {
    return this.#answer(`SRV ${name}`, this.#srv[name]);
  }

  addresses(host: string) {
    return this.#answer(`A ${host}`, this.#addresses[host]);
  }

  async #answer<T>(question: string, records: readonly T[] | undefined): Promise<readonly T[]> {
    this.asked.push(question);
    if (!records) throw Object.assign(new Error(question), { code: 'ENOTFOUND' });
    return records;
  }
}

const naptr = (order: number, preference: number, service: string, replacement: string): NaptrRecord => ({
  order,
  preference,
  flags: 's',
  service,
  replacement,
});
const srv = (priority: number, weight: number, name: string, port = 5060): SrvRecord => ({
  priority,
  weight,
  name,
  port,
});

function resolver(dns: Partial<SipDns>, protocols: readonly Protocol[] = ['udp', 'tcp', 'tls']) {
  const clock = new FakeClock();
  const network = new MemoryNetwork(clock);
  const transports = protocols.map((protocol) => network.open('192.0.2.1', 5060, protocol));
  const made = new Resolver(makeCore({ clock }), new TransportSet(transports, {}, clock), dns);
  const targets = async (uri: string, callId?: string) =>
    (await made.resolve({ uri: parseUri(uri)! }, callId)).map(
      ({ protocol, host, port }) => `${protocol} ${host}:${port}`,
    );
  return { clock, targets, made };
}

describe('RFC 3263 §4.1: the transport', () => {
  const both = {
    'sip1.example.com': ['192.0.2.11'],
    'sip2.example.com': ['192.0.2.12'],
    'sips.example.com': ['192.0.2.13'],
    'example.com': ['192.0.2.10'],
  };
  const records = {
    naptr: {
      'example.com': [
        naptr(90, 50, 'SIP+D2U', '_sip._udp.example.com'),
        naptr(50, 60, 'SIP+D2T', '_sip._tcp.example.com'),
        naptr(50, 50, 'SIPS+D2T', '_sips._tcp.example.com'),
        naptr(10, 10, 'SIP+D2S', '_sip._sctp.example.com'),
        naptr(10, 10, 'E2U+sip', 'nothing.example.com'),
      ],
    },
    srv: {
      '_sip._udp.example.com': [srv(1, 1, 'sip1.example.com')],
      '_sip._tcp.example.com': [srv(1, 1, 'sip2.example.com', 5070)],
      '_sips._tcp.example.com': [srv(1, 1, 'sips.example.com', 5061)],
    },
    addresses: both,
  };

  const cases: readonly (readonly [what: string, uri: string, targets: readonly string[]])[] = [
    [
      'NAPTR says, by order and preference; what we do not speak is passed over',
      'sip:example.com',
      ['tls 192.0.2.13:5061', 'tcp 192.0.2.12:5070', 'udp 192.0.2.11:5060'],
    ],
    ['a sips URI takes TLS and nothing else', 'sips:example.com', ['tls 192.0.2.13:5061']],
    ['the URI says', 'sip:example.com;transport=tcp', ['tcp 192.0.2.12:5070']],
    [
      'a port in the URI leaves UDP, and no records but addresses',
      'sip:example.com:5080',
      ['udp 192.0.2.10:5080'],
    ],
    ['an address in the URI leaves UDP', 'sip:192.0.2.99', ['udp 192.0.2.99:5060']],
    ['an address in a sips URI leaves TLS', 'sips:192.0.2.99', ['tls 192.0.2.99:5061']],
    ['maddr says where', 'sip:example.com;maddr=192.0.2.98', ['udp 192.0.2.98:5060']],
  ];
  for (const [what, uri, expected] of cases) {
    test(what, async () => {
      expect(await resolver(new Zone(records)).targets(uri)).toEqual(expected);
    });
  }

  test('without NAPTR the SRV records of all that we speak are looked for', async () => {
    const { srv: servers, addresses } = records;

    expect(await resolver(new Zone({ srv: servers, addresses })).targets('sip:example.com')).toEqual([
      'udp 192.0.2.11:5060',
      'tcp 192.0.2.12:5070',
      'tls 192.0.2.13:5061',
    ]);
  });

  test('without SRV too the addresses of the name itself are taken', async () => {
    const { targets } = resolver(new Zone({ addresses: both }));

    expect(await targets('sip:example.com')).toEqual(['udp 192.0.2.10:5060']);
    expect(await targets('sips:example.com')).toEqual(['tls 192.0.2.10:5061']);
    expect(await targets('sip:example.com;transport=tls')).toEqual(['tls 192.0.2.10:5061']);
  });

  test('RFC 7118: over WebSocket addresses only, at the ports of the web', async () => {
    const { targets } = resolver(new Zone(records), ['ws', 'wss']);

    expect(await targets('sip:example.com;transport=ws')).toEqual(['ws 192.0.2.10:80']);
    expect(await targets('sips:example.com;transport=ws')).toEqual(['wss 192.0.2.10:443']);
  });

  test('sips over UDP or TCP in clear does not exist', async () => {
    expect(await resolver(new Zone(records), ['udp', 'tcp']).targets('sips:example.com')).toEqual([]);
  });

  for (const host of ['localhost', 'pbx', 'pbx.local', 'x.invalid']) {
    test(`${host} has no records of its own: only its address is asked for`, async () => {
      const zone = new Zone({ addresses: { [host]: ['127.0.0.1'] } });

      expect(await resolver(zone).targets(`sip:${host}`)).toEqual(['udp 127.0.0.1:5060']);
      expect(zone.asked).toEqual([`A ${host}`]);
    });
  }
});

describe('RFC 3263 §4.2, RFC 2782: the servers', () => {
  const addresses = Object.fromEntries(
    ['a', 'b', 'c', 'd'].map((name, at) => [`${name}.example.com`, [`192.0.2.${at + 1}`]]),
  );
  const udp = (records: readonly SrvRecord[]) =>
    new Zone({ srv: { '_sip._udp.example.com': records }, addresses });

  test('a lower priority number comes first, whatever the weights', async () => {
    const zone = udp([
      srv(20, 100, 'c.example.com'),
      srv(10, 1, 'a.example.com'),
      srv(30, 0, 'b.example.com'),
    ]);

    expect(await resolver(zone).targets('sip:example.com')).toEqual([
      'udp 192.0.2.1:5060',
      'udp 192.0.2.3:5060',
      'udp 192.0.2.2:5060',
    ]);
  });

  test('within one priority the weights decide how often each is first', async () => {
    const { targets } = resolver(
      udp([srv(1, 75, 'a.example.com'), srv(1, 25, 'b.example.com'), srv(1, 0, 'c.example.com')]),
    );
    const firsts = new Map<string | undefined, number>();
    for (let call = 0; call < 2_000; call++) {
      const [first] = await targets('sip:example.com', `call-${call}@host`);
      firsts.set(first, (firsts.get(first) ?? 0) + 1);
    }

    expect(firsts.get('udp 192.0.2.1:5060')).toBeGreaterThan(1_350);
    expect(firsts.get('udp 192.0.2.2:5060')).toBeGreaterThan(350);
    expect(firsts.get('udp 192.0.2.3:5060') ?? 0).toBeLessThan(20);
  });

  test('requests of one Call-ID take one order, so that a challenge is answered to whom it came from', async () => {
    const { targets } = resolver(udp(['a', 'b', 'c', 'd'].map((name) => srv(1, 10, `${name}.example.com`))));
    const orders = new Set<string>();
    for (let request = 0; request < 50; request++)
      orders.add(String(await targets('sip:example.com', 'one@host')));

    expect(orders.size).toBe(1);
  });

  test('a service that is declared absent has no servers, and nothing else is tried', async () => {
    expect(await resolver(udp([srv(0, 0, '.')])).targets('sip:example.com;transport=udp')).toEqual([]);
  });

  test('a server whose name leads nowhere is passed over', async () => {
    const zone = udp([srv(1, 1, 'gone.example.com'), srv(2, 1, 'b.example.com')]);

    expect(await resolver(zone).targets('sip:example.com')).toEqual(['udp 192.0.2.2:5060']);
  });

  test('all addresses of a server count, those of the family we speak', async () => {
    const zone = new Zone({ addresses: { 'example.com': ['2001:db8::1', '192.0.2.7', '192.0.2.8'] } });

    expect(await resolver(zone).targets('sip:example.com')).toEqual([
      'udp 192.0.2.7:5060',
      'udp 192.0.2.8:5060',
    ]);
  });

  test('with two families the one that our Contact names comes first', async () => {
    const clock = new FakeClock();
    const network = new MemoryNetwork(clock);
    const both = [network.open('192.0.2.1', 5060), network.open('2001:db8::9', 5060)];
    const zone = new Zone({ addresses: { 'example.com': ['2001:db8::1', '192.0.2.7'] } });
    const made = new Resolver(makeCore({ clock }), new TransportSet(both, {}, clock), zone);

    const targets = await made.resolve({ uri: parseUri('sip:example.com')! });

    expect(targets.map(({ host }) => host)).toEqual(['192.0.2.7', '2001:db8::1']);
  });

  test('RFC 5922 §7.3: a TLS server must prove to be the domain, not the host that DNS named', async () => {
    const zone = new Zone({
      srv: { '_sips._tcp.example.com': [srv(1, 1, 'a.example.com', 5061)] },
      addresses,
    });

    const { made } = resolver(zone);

    expect(await made.resolve({ uri: parseUri('sips:example.com')! })).toEqual([
      { protocol: 'tls', host: '192.0.2.1', port: 5061, name: 'example.com' },
    ]);
  });
});

describe('a way with a connection', () => {
  const flow = { protocol: 'tls', remoteHost: '192.0.2.10', remotePort: 5061, id: 'tls 1' } as const;
  const request: SipRequest = {
    kind: 'request',
    method: 'BYE',
    uri: 'sip:x@y',
    headers: new Headers(),
    body: '',
  };
  const hops = (to: Omit<Way, 'uri'>, uri: string) => {
    const zone = new Zone({ addresses: { 'example.com': ['192.0.2.10'] } });
    const { made } = resolver(zone, ['udp', 'tls', 'ws', 'wss']);
    return Promise.resolve(made.hopsFor(request, { ...to, uri: parseUri(uri)! })).then((ways) =>
      ways.map((way) => way.map((hop) => ('id' in hop ? hop.id : `${hop.protocol} ${hop.host}:${hop.port}`))),
    );
  };

  test('of the peer itself: that first, then where the name leads', async () => {
    expect(await hops({ flow }, 'sip:example.com:5062;transport=tls')).toEqual([
      ['tls 1', 'tls 192.0.2.10:5062'],
    ]);
    expect(await hops({ flow }, 'sip:nowhere.example:5062;transport=tls')).toEqual([['tls 1']]);
  });

  test('RFC 5923 §8: to a proxy that calls itself by an address: that, if it leads there', async () => {
    expect(await hops({ near: flow }, 'sip:192.0.2.10:5061;transport=tls')).toEqual([
      ['tls 1', 'tls 192.0.2.10:5061'],
    ]);
    expect(await hops({ near: flow }, 'sip:192.0.2.11:5061;transport=tls')).toEqual([
      ['tls 192.0.2.11:5061'],
    ]);
    expect(await hops({ near: flow }, 'sip:192.0.2.10:5061')).toEqual([['udp 192.0.2.10:5061']]);
  });

  test('RFC 7118 §5: over a WebSocket nothing else, and no name is looked up', async () => {
    expect(await hops({ flow: { ...flow, protocol: 'ws', id: 'ws 1' } }, 'sip:a1b2.invalid')).toEqual([
      ['ws 1'],
    ]);
  });

  test('RFC 7118 §5.2: transport=ws means TLS too, for who came that way', async () => {
    expect(await hops({ protocol: 'wss' }, 'sip:192.0.2.10:8443;transport=ws')).toEqual([
      ['wss 192.0.2.10:8443'],
    ]);
    expect(await hops({}, 'sip:192.0.2.10:8080;transport=ws')).toEqual([['ws 192.0.2.10:8080']]);
  });
});

describe('RFC 2308: what the DNS has said', () => {
  test('is not asked for again for half a minute, also where there was nothing', async () => {
    const zone = new Zone({ addresses: { 'example.com': ['192.0.2.7'] } });
    const { clock, targets } = resolver(zone, ['udp']);
    await targets('sip:example.com');
    await targets('sip:nowhere.example');
    const questions = zone.asked.length;

    await clock.advance(29_000);
    await targets('sip:example.com');
    await targets('sip:nowhere.example');
    expect(zone.asked).toHaveLength(questions);

    await clock.advance(2_000);
    await targets('sip:example.com');
    expect(zone.asked.slice(questions)).toEqual([
      'NAPTR example.com',
      'SRV _sip._udp.example.com',
      'A example.com',
    ]);
  });

  test('a server that answers nothing about NAPTR and SRV costs its time-out once in five minutes', async () => {
    const zone = new Zone({ addresses: { 'example.com': ['192.0.2.7'] } });
    let asked = 0;
    const never = () => {
      asked += 1;
      return new Promise<never>(() => undefined);
    };
    const { clock, targets } = resolver(
      { naptr: never, srv: never, addresses: (host) => zone.addresses(host) },
      ['udp'],
    );
    const first = targets('sip:example.com');
    await clock.advance(5_000);
    await clock.advance(5_000);

    expect(await first).toEqual(['udp 192.0.2.7:5060']);
    await clock.advance(60_000);
    expect(await targets('sip:example.com')).toEqual(['udp 192.0.2.7:5060']);
    expect(asked).toBe(2);
  });
});

describe('a DNS server on the wire', () => {
  const open: TinyDns[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  test('NAPTR, SRV and addresses lead to the servers', async () => {
    const server = await TinyDns.open({
      'NAPTR example.com': [
        { order: 20, preference: 0, flags: 's', service: 'SIP+D2U', replacement: '_sip._udp.example.com' },
        { order: 10, preference: 0, flags: 'S', service: 'sip+d2t', replacement: '_sip._tcp.example.com' },
      ],
      'SRV _sip._udp.example.com': [{ priority: 1, weight: 0, name: 'b.example.com', port: 5062 }],
      'SRV _sip._tcp.example.com': [{ priority: 1, weight: 0, name: 'a.example.com', port: 5070 }],
      'A a.example.com': ['192.0.2.5'],
      'AAAA a.example.com': ['2001:db8::5'],
      'A b.example.com': ['192.0.2.6'],
    });
    open.push(server);

    const { targets } = resolver(systemDns([server.address]));

    expect(await targets('sip:example.com')).toEqual(['tcp 192.0.2.5:5070', 'udp 192.0.2.6:5062']);
    expect(await targets('sip:nowhere.example')).toEqual([]);
  });
});
