import { createNosipEngine, type MediaLog } from '@soft-handset/media';
import { openSipStack, SipError, type SipStack, type SipStackOptions } from '@soft-handset/sip';
import { systemClock, type Clock } from './clock.ts';
import type { Config } from './config/config.ts';
import type { GatewayParts, OpenEngine } from './gateway-parts.ts';
import { openJanus } from './janus-process.ts';
import type { Log } from './log.ts';
import { mediaHost, mediaIp } from './media-host.ts';
import { createSipserverPlugin } from './sipserver/plugin.ts';
import { StartError } from './start-error.ts';

/** The real parts: SIP over UDP and TCP, media through Janus. */
export const productionParts: GatewayParts = {
  openStack,
  openEngine,
  createPlugin: createSipserverPlugin,
  clock: systemClock,
};

async function openStack(options: SipStackOptions): Promise<SipStack> {
  try {
    return await openSipStack(options);
  } catch (error) {
    if (!(error instanceof SipError) || error.code !== 'transport') throw error;
    const hint = 'choose another port in sip.udp and sip.tcp';
    throw StartError.cannotListen('SIP', error.message.replace(/^.* (?=\S+$)/, ''), hint, error);
  }
}

/** The NoSIP plugin of Janus; a Janus that we started ends after it. */
async function openEngine(config: Config, log: Log, clock: Clock): Promise<OpenEngine> {
  const media = { mediaHost: mediaHost(config), mediaIp: mediaIp(config) };
  const janus = await openJanus({ ...config, ...media }, log, clock);
  const { apiSecret } = config.janus;
  const engine = createNosipEngine({
    url: janus.url,
    ...(apiSecret !== undefined && { apiSecret }),
    log: mediaLog(log),
  });
  const close = async (): Promise<void> => {
    await engine.close();
    await janus.close();
  };
  return { engine, close };
}

/** That package writes the text first. */
function mediaLog(log: Log): MediaLog {
  return {
    debug: (text, facts = {}) => log.debug(facts, text),
    info: (text, facts = {}) => log.info(facts, text),
    warn: (text, facts = {}) => log.warn(facts, text),
  };
}
