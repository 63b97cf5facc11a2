import { HandsetCore } from './handset-core.ts';
import type { Account, HandsetOptions } from './handset-types.ts';
import { loadJanus, type JanusApi } from './janus-api.ts';
import type { RegisterInfo, SoftHandler, SoftHandlerOptions } from './soft-handler-types.ts';

/** Connects, attaches the plugin and, unless `autoRegister` is false, goes on to register. Rejects when no server answers. */
export async function createSoftHandler(options: SoftHandlerOptions, janus?: JanusApi): Promise<SoftHandler> {
  const { configs } = options;
  const { Facade } = await import('./facade.ts');
  const core = new HandsetCore(coreOptions(options), janus ?? (await loadJanus()), configs);
  const handler = new Facade(core);
  await core.start();
  return handler;
}

/** One line, one call: a second one is refused as busy. */
function coreOptions({ configs, registerInfo }: SoftHandlerOptions): HandsetOptions {
  const { janusUrl, videoEnable, ringFile, language, iceServers, autoRegister, debugJanus } = configs;
  return {
    server: janusUrl,
    account: accountOf(registerInfo),
    callWaiting: false,
    maxCalls: 1,
    autoHold: false,
    video: videoEnable === true || videoEnable === 'true',
    ...(autoRegister !== undefined && { autoRegister }),
    ...(ringFile !== undefined && { ringFile }),
    ...(language !== undefined && { language }),
    ...(iceServers !== undefined && { iceServers }),
    ...(debugJanus !== undefined && { debug: debugJanus }),
  };
}

export function accountOf(info: RegisterInfo): Account {
  const { username, displayName, sipServerIp = '127.0.0.1', sipServerPort = 5060, secret, token } = info;
  return {
    username,
    ...(displayName !== undefined && { displayName }),
    ...(sipServerIp !== '' && { proxy: `sip:${sipServerIp}:${sipServerPort}` }),
    ...(secret !== undefined && { secret }),
    ...(token !== undefined && { token }),
  };
}
