import * as v from 'valibot';
import { JanusPart, MediaPart } from './media-schema.ts';

/*
 * What may stand in the configuration file, with its defaults. `config/soft-handset.example.yaml` at the root of the
 * repository says the same to people, and a test holds the two together.
 */

const Text = v.pipe(v.string(), v.nonEmpty());
const Name = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9._~+*#-]{1,64}$/, 'letters, digits or . _ ~ + * # - (at most 64)'),
);
const Port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));
const Count = v.pipe(v.number(), v.integer(), v.minValue(1));
const Ms = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2_147_483_647));
const KeepAliveMs = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2_147_483_647));
const Bytes = v.pipe(v.number(), v.integer(), v.minValue(1024));
const HeaderName = v.pipe(v.string(), v.regex(/^[A-Za-z0-9!%*_+`'~.-]+$/, 'the name of a SIP header'));
const Origin = v.pipe(
  v.string(),
  v.check(isOrigin, 'an origin such as https://desk.example (no path, no slash at the end)'),
);

const UrlPath = v.pipe(v.string(), v.regex(/^\/[^\s?#]*$/, 'a path such as /ws'));
const Listener = v.strictObject({ host: v.exactOptional(Text), port: v.exactOptional(Port, 5070) });

/** Over TLS and WebSockets we connect; a port makes TLS listen too. */
const SipTls = v.strictObject({
  host: v.exactOptional(Text),
  port: v.exactOptional(Port),
  certFile: v.exactOptional(Text),
  keyFile: v.exactOptional(Text),
  caFile: v.exactOptional(Text),
  acceptSelfSigned: v.exactOptional(v.boolean(), false),
});

/** RFC 5626 §4.4. */
const KeepAlive = v.strictObject({
  datagramMs: v.exactOptional(KeepAliveMs, 29_000),
  streamMs: v.exactOptional(KeepAliveMs, 120_000),
  datagram: v.exactOptional(v.picklist(['auto', 'crlf', 'stun']), 'auto'),
});

const AccountSip = v.strictObject({
  aor: v.exactOptional(Text),
  authUser: v.exactOptional(Text),
  password: v.exactOptional(v.string()),
  server: v.exactOptional(Text),
  register: v.exactOptional(v.boolean(), true),
});

const Account = v.strictObject({
  name: Name,
  displayName: v.exactOptional(Text),
  secret: v.exactOptional(Text),
  open: v.exactOptional(v.boolean(), false),
  openOnLoopback: v.exactOptional(v.boolean(), false),
  mayInvite: v.exactOptional(v.boolean(), false),
  sip: v.exactOptional(AccountSip, {}),
});

export const ConfigFile = v.strictObject({
  listen: v.exactOptional(
    v.strictObject({
      host: v.exactOptional(Text, '127.0.0.1'),
      httpsPort: v.exactOptional(Port, 8443),
      httpPort: v.exactOptional(Port, 8080),
      trustedProxies: v.exactOptional(v.array(Text), []),
    }),
    {},
  ),
  tls: v.exactOptional(
    v.strictObject({ certFile: v.exactOptional(Text), keyFile: v.exactOptional(Text) }),
    {},
  ),
  page: v.exactOptional(
    v.strictObject({
      dir: v.exactOptional(Text),
      frameAncestors: v.exactOptional(v.array(v.union([v.literal("'self'"), Origin])), ["'self'"]),
    }),
    {},
  ),
  dataDir: v.exactOptional(Text, 'data'),
  media: v.exactOptional(MediaPart, {}),
  janus: v.exactOptional(JanusPart, {}),
  sip: v.exactOptional(
    v.strictObject({
      udp: v.exactOptional(v.union([v.literal(false), Listener]), {}),
      tcp: v.exactOptional(v.union([v.literal(false), Listener]), {}),
      tls: v.exactOptional(SipTls, {}),
      ws: v.exactOptional(v.strictObject({ path: v.exactOptional(UrlPath, '/ws') }), {}),
      ipv6: v.exactOptional(v.boolean(), false),
      advertisedHost: v.exactOptional(Text),
      keepAlive: v.exactOptional(KeepAlive, {}),
      // RFC 3261 §18.1.1.
      longestDatagram: v.exactOptional(
        v.pipe(v.number(), v.integer(), v.minValue(500), v.maxValue(65_507)),
        1300,
      ),
      servers: v.exactOptional(
        v.array(
          v.strictObject({
            name: Name,
            uri: Text,
            backups: v.exactOptional(v.array(Text), []),
            outbound: v.exactOptional(v.boolean(), false),
            returnCall: v.exactOptional(v.picklist(['offerless', 'offer']), 'offerless'),
          }),
        ),
        [],
      ),
      ownCredentials: v.exactOptional(v.boolean(), false),
      callTypeHeader: v.exactOptional(HeaderName, 'X-Call-Type'),
      // The peer gives up its 200 after 32 s (RFC 3261 §13.3.1.4); we must be earlier.
      answerTimeoutMs: v.exactOptional(v.pipe(Ms, v.maxValue(31_000)), 20_000),
    }),
    {},
  ),
  accounts: v.exactOptional(v.array(Account), []),
  api: v.exactOptional(
    v.strictObject({ secret: v.exactOptional(Text), tokens: v.exactOptional(v.array(Text), []) }),
    {},
  ),
  sessions: v.exactOptional(
    v.strictObject({
      timeoutMs: v.exactOptional(Ms, 60_000),
      reclaimMs: v.exactOptional(Ms, 120_000),
      leaveMs: v.exactOptional(Ms, 10_000),
    }),
    {},
  ),
  limits: v.exactOptional(
    v.strictObject({
      messageBytes: v.exactOptional(Bytes, 262_144),
      messagesPerSecond: v.exactOptional(Count, 200),
      messageBurst: v.exactOptional(Count, 1000),
      connectsPerSecond: v.exactOptional(Count, 20),
      connectBurst: v.exactOptional(Count, 200),
      connectionsPerAddress: v.exactOptional(Count, 500),
      sessions: v.exactOptional(Count, 20_000),
      sessionsPerAddress: v.exactOptional(Count, 2000),
      handlesPerSession: v.exactOptional(Count, 256),
      queuedEvents: v.exactOptional(Count, 1000),
      unsentBytes: v.exactOptional(Bytes, 4_194_304),
    }),
    {},
  ),
  allowedOrigins: v.exactOptional(v.array(Origin), []),
  metrics: v.exactOptional(v.strictObject({ allowedAddresses: v.exactOptional(v.array(Text), []) }), {}),
  log: v.exactOptional(
    v.strictObject({
      level: v.exactOptional(v.picklist(['debug', 'info', 'warn', 'error', 'silent']), 'info'),
      pretty: v.exactOptional(v.boolean(), false),
    }),
    {},
  ),
  /** Read by the exchange, which stands in the same file; not looked into here. */
  exchange: v.exactOptional(v.record(v.string(), v.unknown())),
});
export type ConfigFile = v.InferOutput<typeof ConfigFile>;
export type ConfigFileAccount = ConfigFile['accounts'][number];

/** Values whose names end so are never shown. */
export function isSecretPath(path: readonly PropertyKey[]): boolean {
  return path.some((key) => /^(secret|password|apiSecret|tokens|exchange)$/.test(String(key)));
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
