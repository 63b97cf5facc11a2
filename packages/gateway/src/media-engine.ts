import {
  createEmbeddedEngine,
  createEnginePool,
  createNosipEngine,
  MediaError,
  type EnginePool,
  type MediaEngine,
  type MediaLog,
} from '@soft-handset/media';
import type { Clock } from './clock.ts';
import type { Config } from './config/config.ts';
import { chosenMedia, janusServers, type JanusServerConfig } from './config/media.ts';
import { checkEmbeddedOptions, embeddedOptions } from './embedded-options.ts';
import type { OpenEngine } from './gateway-parts.ts';
import { startJanus } from './janus-process.ts';
import type { Log } from './log.ts';
import { mediaHost, mediaIp } from './media-host.ts';
import { StartError } from './start-error.ts';

/** What moves the media, as the configuration chooses. @throws StartError */
export async function openEngine(config: Config, log: Log, clock: Clock): Promise<OpenEngine> {
  const choice = chosenMedia(config);
  const pool = createEnginePool({ log: mediaLog(log) });
  const opened = { engine: pool, servers: () => pool.servers, close: () => pool.close() };
  const reload = (changed: Config): void => {
    const next = chosenMedia(changed);
    if (next !== choice)
      log.warn({ now: choice, then: next }, 'what moves the media changes at the next start');
  };
  switch (choice) {
    case 'embedded':
      pool.add('embedded', await embedded(config, log));
      return { ...opened, reload };
    case 'a Janus of this machine': {
      const janus = await startJanus(localJanus(config), log, clock);
      pool.add('local', nosip({ ...config.janus, url: janus.url }, config, log));
      // A Janus that we started ends after the engine.
      return { ...opened, reload, close: () => pool.close().then(() => janus.close()) };
    }
    case 'Janus servers': {
      const follow = serversOf(pool, log);
      follow(config);
      return { ...opened, reload: (changed) => (chosenMedia(changed) === choice ? follow : reload)(changed) };
    }
  }
}

async function embedded(config: Config, log: Log): Promise<MediaEngine> {
  const options = embeddedOptions(config);
  await checkEmbeddedOptions(options);
  const engine = createEmbeddedEngine({ ...options, ...recordingDir(config), log: mediaLog(log) });
  try {
    await engine.started;
    return engine;
  } catch (cause) {
    await engine.close();
    if (!(cause instanceof MediaError)) throw cause;
    throw StartError.engineDoesNotRun(cause);
  }
}

function localJanus(config: Config): Parameters<typeof startJanus>[0] {
  return { ...config, mediaHost: mediaHost(config), mediaIp: mediaIp(config) };
}

/** Makes the pool's servers those of a configuration; calls stay where they are. */
function serversOf(pool: EnginePool, log: Log): (config: Config) => void {
  let known: readonly JanusServerConfig[] = [];
  return (config) => {
    const wanted = janusServers(config.janus);
    const isIn = (list: typeof wanted) => (server: JanusServerConfig) =>
      list.some((each) => isSame(each, server));
    for (const { name } of known.filter((server) => !isIn(wanted)(server))) pool.remove(name);
    for (const server of wanted) {
      if (!isIn(known)(server)) pool.add(server.name, nosip(server, config, log));
      pool.drain(server.name, server.drain);
    }
    known = wanted;
  };
}

function isSame(one: JanusServerConfig, other: JanusServerConfig): boolean {
  return one.name === other.name && one.url === other.url && one.apiSecret === other.apiSecret;
}

function nosip(
  { url, apiSecret }: { readonly url: string; readonly apiSecret?: string },
  config: Config,
  log: Log,
): MediaEngine {
  const access = { url, ...(apiSecret !== undefined && { apiSecret }) };
  return createNosipEngine({ ...access, ...recordingDir(config), log: mediaLog(log) });
}

function recordingDir({ media: { recordingDir: folder } }: Config): { readonly recordingDir?: string } {
  return folder === undefined ? {} : { recordingDir: folder };
}

/** That package writes the text first. */
function mediaLog(log: Log): MediaLog {
  return {
    debug: (text, facts = {}) => log.debug(facts, text),
    isDebugging: () => log.isLevelEnabled?.('debug') ?? true,
    info: (text, facts = {}) => log.info(facts, text),
    warn: (text, facts = {}) => log.warn(facts, text),
  };
}
