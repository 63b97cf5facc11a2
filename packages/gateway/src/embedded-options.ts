import { createSocket } from 'node:dgram';
import { isIPv4, isIPv6 } from 'node:net';
import type { EmbeddedEngineOptions } from '@soft-handset/media';
import { lanAddresses } from './addresses.ts';
import type { Config } from './config/config.ts';
import { mediaHost, mediaIp } from './media-host.ts';
import { StartError } from './start-error.ts';

type Addresses = Pick<
  EmbeddedEngineOptions,
  | 'rtpAddress'
  | 'otherRtpAddress'
  | 'rtpPorts'
  | 'iceAddress'
  | 'icePorts'
  | 'icePort'
  | 'publicAddress'
  | 'latching'
  | 'silenceMs'
>;

/**
 * Where the embedded engine is reached: what the configuration says, else RTP where SIP is. Bound to every address SIP
 * names the first that leaves this machine, and so does RTP: an SDP must name one.
 */
export function embeddedOptions(
  config: Pick<Config, 'sip' | 'lan' | 'media'>,
  own: readonly string[] = lanAddresses(),
): Addresses {
  const { embedded } = config.media;
  const rtpAddress = embedded.rtpAddress ?? mediaHost(config, own) ?? own.find(isIPv4) ?? '127.0.0.1';
  const seenAt = mediaIp(config);
  return {
    rtpAddress,
    ...(seenAt !== undefined && seenAt !== rtpAddress && { publicAddress: seenAt }),
    ...embedded,
  };
}

/** Tries what can be tried before the first call. @throws StartError with the key that is to be changed */
export async function checkEmbeddedOptions(options: Addresses): Promise<void> {
  const { rtpAddress, otherRtpAddress, iceAddress, icePort } = options;
  const key = 'media.embedded';
  if (rtpAddress !== undefined) await tryUdp('RTP', rtpAddress, 0, `choose another with ${key}.rtpAddress`);
  if (otherRtpAddress !== undefined)
    await tryUdp('RTP', otherRtpAddress, 0, `choose another with ${key}.otherRtpAddress`);
  if (iceAddress !== undefined) await tryUdp('ICE', iceAddress, 0, `choose another with ${key}.iceAddress`);
  if (icePort !== undefined)
    await tryUdp('ICE', iceAddress ?? '0.0.0.0', icePort, `choose another with ${key}.icePort`);
}

function tryUdp(what: string, address: string, port: number, hint: string): Promise<void> {
  return new Promise((isFree, failed) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    socket.once('error', (cause) => {
      socket.close();
      failed(StartError.cannotListen(what, port === 0 ? address : `${address}:${port}`, hint, cause));
    });
    socket.bind({ port, address, exclusive: true }, () => socket.close(() => isFree()));
  });
}
