import { startKamailio } from '@soft-handset/parts';
import type { Kamailio } from '@soft-handset/parts';
import { describeWithParts } from '@soft-handset/parts/vitest';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type {
  IncomingInvite,
  Protocol,
  Registration,
  SipStack,
  UserAgent,
  UserAgentOptions,
} from '../src/contract.ts';
import { openSipStack } from '../src/stack.ts';
import { makeCertificate } from '@soft-handset/parts/certificates';
import type { TestCertificate } from '@soft-handset/parts/certificates';

const sdp =
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n';
const users = { '1001': 'one', '1002': 'two' };

describeWithParts(
  ['kamailio', 'kamailio-tls', 'kamailio-websocket'],
  'we and Kamailio as registrar and proxy',
  () => {
    let certificate: TestCertificate;
    let kamailio: Kamailio;
    const stacks: SipStack[] = [];
    const registrations: Registration[] = [];
    beforeAll(async () => {
      certificate = await makeCertificate({ dns: ['localhost'], ip: ['127.0.0.1'] });
      kamailio = await startKamailio({ users, tls: certificate, webSocket: true });
    });
    afterEach(async () => {
      // Kamailio gives an account room for a few contacts only.
      await Promise.all(registrations.splice(0).map((one) => one.unregister()));
      for (const stack of stacks.splice(0)) await stack.close();
    });
    afterAll(() => kamailio.close());

    /** One account on a stack of its own, registered over the protocol. */
    async function phone(
      user: keyof typeof users,
      protocol: Protocol,
      options: { ca?: string; streamMs?: number; account?: Partial<UserAgentOptions> } = {},
    ) {
      const { ca = certificate.cert, streamMs = 120_000 } = options;
      const credentials = { ca };
      const stack = await openSipStack({
        udp: {},
        tcp: {},
        tls: { credentials },
        ws: {},
        wss: { credentials },
        keepAlive: { streamMs },
      });
      stacks.push(stack);
      const port = protocol === 'tls' || protocol === 'wss' ? kamailio.port + 1 : kamailio.port;
      const userAgent = stack.createUserAgent({
        aor: `sip:${user}@127.0.0.1:${kamailio.port}`,
        outboundProxy: `sip:127.0.0.1:${port};transport=${protocol}`,
        credentials: { username: user, password: users[user] },
        ...options.account,
      });
      const status = await new Promise<number>((resolve) => {
        registrations.push(
          userAgent.register({
            registered: () => resolve(200),
            failed: (facts) => resolve(facts.status),
          }),
        );
      });
      return { userAgent, status, stack };
    }

    /** Rings, is answered, changes the session and is hung up at the other end; tells what both heard. */
    async function callBetween(caller: UserAgent, callee: UserAgent, number: string) {
      const heard: string[] = [];
      const hears = (what: string) => expect.poll(() => heard, { timeout: 20_000 }).toContain(what);
      callee.onInvite = (call) => {
        call.attach({
          confirmed: () => heard.push('callee: confirmed'),
          reoffered: (offer) => offer.accept(sdp),
          ended: ({ by }) => heard.push(`callee: ended by ${by}`),
        });
        call.ring();
        incoming = call;
      };
      let incoming: IncomingInvite | undefined;
      const session = caller.invite(
        `sip:${number}@127.0.0.1:${kamailio.port}`,
        {
          provisional: ({ status }) => heard.push(`caller: ${status}`),
          accepted: () => heard.push('caller: accepted'),
          ended: ({ by }) => heard.push(`caller: ended by ${by}`),
        },
        { sdp },
      );
      await hears('caller: 180');
      incoming?.accept(sdp);
      await hears('callee: confirmed');
      heard.push(`re-INVITE: ${(await session.reinvite(sdp)).status}`);
      incoming?.end();
      await hears('caller: ended by peer');
      return heard.sort();
    }

    for (const protocol of ['udp', 'tcp', 'tls', 'ws', 'wss'] as const) {
      test(`register with digest over ${protocol}, and call and are called by a phone over UDP`, async () => {
        const ours = await phone('1001', protocol);
        const other = await phone('1002', 'udp');
        expect([ours.status, other.status]).toEqual([200, 200]);

        for (const [caller, callee, number] of [
          [ours, other, '1002'],
          [other, ours, '1001'],
        ] as const) {
          expect(await callBetween(caller.userAgent, callee.userAgent, number)).toEqual([
            'callee: confirmed',
            'callee: ended by local',
            'caller: 180',
            'caller: accepted',
            'caller: ended by peer',
            're-INVITE: 200',
          ]);
        }
      });
    }

    const aCall = [
      'callee: confirmed',
      'callee: ended by local',
      'caller: 180',
      'caller: accepted',
      'caller: ended by peer',
      're-INVITE: 200',
    ];

    test('RFC 5626: registered over UDP and TCP at the same time, a call rings once', async () => {
      const ours = await phone('1001', 'udp', {
        account: {
          backupProxies: [`sip:127.0.0.1:${kamailio.port};transport=tcp`],
          instance: 'urn:uuid:00000000-0000-4000-8000-000000000001',
        },
      });
      const other = await phone('1002', 'udp');
      await expect.poll(() => ours.stack.stats['registrationsAccepted'], { timeout: 20_000 }).toBe(2);

      expect(await callBetween(other.userAgent, ours.userAgent, '1001')).toEqual(aCall);
      expect(await callBetween(ours.userAgent, other.userAgent, '1002')).toEqual(aCall);
    });

    test('a registrar that is not there is followed by the next of the list', async () => {
      const ours = await phone('1001', 'tcp', {
        account: {
          outboundProxy: 'sip:127.0.0.1:1;transport=tcp',
          backupProxies: [`sip:127.0.0.1:${kamailio.port};transport=tcp`],
        },
      });
      const other = await phone('1002', 'udp');

      expect(ours.status).toBe(200);
      expect(await callBetween(ours.userAgent, other.userAgent, '1002')).toEqual(aCall);
    });

    test('do not register where the certificate is not of an authority that we believe', async () => {
      const stranger = await makeCertificate({ dns: ['localhost'] });

      expect((await phone('1001', 'tls', { ca: stranger.cert })).status).toBe(503);
    });

    for (const protocol of ['tcp', 'tls', 'ws', 'wss'] as const) {
      test(`get an answer to a ping over ${protocol} (RFC 5626 §4.4.1)`, async () => {
        const ours = await phone('1001', protocol, { streamMs: 200 });

        await expect
          .poll(() => ours.stack.stats['keepAlivesAnswered'], { timeout: 20_000 })
          .toBeGreaterThan(2);
      });
    }
  },
);
