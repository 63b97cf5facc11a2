import { isIP } from 'node:net';
import * as v from 'valibot';

/* What may stand in the configuration file about the media: which engine, and how it is reached. */

const Text = v.pipe(v.string(), v.nonEmpty());
const Port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
const Address = v.pipe(
  v.string(),
  v.check((text) => isIP(text) !== 0, 'an IP address'),
);
const WsUrl = v.pipe(
  v.string(),
  v.check((text) => /^wss?:\/\/\S+$/.test(text) && URL.canParse(text), 'a URL such as ws://127.0.0.1:8188'),
);
const Ports = v.strictObject({ from: Port, to: Port });

const Embedded = v.strictObject({
  rtpAddress: v.exactOptional(Address),
  otherRtpAddress: v.exactOptional(Address),
  rtpPorts: v.exactOptional(Ports),
  iceAddress: v.exactOptional(Address),
  icePorts: v.exactOptional(Ports),
  icePort: v.exactOptional(Port),
  publicAddress: v.exactOptional(Address),
  latching: v.exactOptional(v.picklist(['host', 'any', 'off']), 'host'),
  silenceMs: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0)), 60_000),
});

export const MediaPart = v.strictObject({
  engine: v.exactOptional(v.picklist(['auto', 'embedded', 'janus']), 'auto'),
  embedded: v.exactOptional(Embedded, {}),
  recordingDir: v.exactOptional(Text),
});
export type MediaPart = v.InferOutput<typeof MediaPart>;

const JanusServer = v.strictObject({
  url: WsUrl,
  name: v.exactOptional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9._~:[\]-]{1,64}$/, 'letters, digits or . _ ~ : - (at most 64)')),
  ),
  apiSecret: v.exactOptional(Text),
  drain: v.exactOptional(v.boolean(), false),
});

export const JanusPart = v.strictObject({
  url: v.exactOptional(WsUrl),
  apiSecret: v.exactOptional(Text),
  binary: v.exactOptional(Text),
  servers: v.exactOptional(v.array(JanusServer), []),
});
export type JanusPart = v.InferOutput<typeof JanusPart>;
