export { startChild, type Child, type ChildEnd, type ChildOptions } from './child.ts';
export { g711, type G711 } from './g711.ts';
export * from './janus.ts';
export { startLossyRelay, type LossyRelay, type LossyRelayOptions } from './lossy-relay.ts';
export { findPart, missingParts, requirePart, type PartName } from './needs.ts';
export { Parts, type Part } from './parts.ts';
export * from './ports.ts';
export * from './process-facts.ts';
export { startRtpPeer, type RtpPeer, type RtpPeerOptions } from './rtp-peer.ts';
export * as called from './scenarios/called.ts';
export * as calling from './scenarios/calling.ts';
export { sdpOf, type PeerMedia } from './scenarios/sdp.ts';
export * as steps from './scenarios/steps.ts';
export { startRtpengine } from './rtpengine.ts';
export { startSipp, type Sipp, type SippMessage, type SippOptions, type SippResult } from './sipp.ts';
export { makeTempDir, type TempDir } from './temp-dir.ts';
export { listen, readWav, sine, toneWav, type Heard } from './tone.ts';
export { until, within } from './until.ts';
export { startBaresip, type Baresip, type BaresipEvent, type BaresipOptions } from './baresip.ts';
export { startLinphone, type Linphone, type LinphoneOptions } from './linphone.ts';
export { answersOptions, startKamailio, type Kamailio, type KamailioOptions } from './kamailio.ts';
export { startChromium, type Chromium, type ChromiumOptions } from './chromium.ts';
export { type ConnectionFacts, type KindFacts, type MediaFacts, type PageEar } from './page-ear.ts';
export { connectionFacts, hearsTone, seesPictures, soundIn } from './page-sound.ts';
export {
  startGatewayProcess,
  type GatewayAccount,
  type GatewayOptions,
  type GatewayProcess,
} from './gateway.ts';
