import { openSipStack, SipError, type SipStack, type SipStackOptions } from '@soft-handset/sip';
import { systemClock } from './clock.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { openEngine } from './media-engine.ts';
import { createSipserverPlugin } from './sipserver/plugin.ts';
import { StartError } from './start-error.ts';

/** The real parts: SIP over UDP and TCP, media as the configuration chooses. */
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
    throw StartError.cannotListen('SIP', error.message.replace(/^cannot (listen on|bind) /, ''), hint, error);
  }
}
