import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { parseConfig } from '../src/config/config.ts';
import { openEngine } from '../src/media-engine.ts';
import { startFault } from '../src/start-error.ts';
import { LogBook } from './log-book.ts';

// Nobody listens there: that a server is away changes nothing of what is tested here.
const east = { name: 'east', url: 'ws://127.0.0.1:1/' };
const west = { name: 'west', url: 'ws://127.0.0.1:1/' };

async function opened(settings: object) {
  const log = new LogBook();
  const media = await openEngine(parseConfig(settings), log, systemClock);
  onTestFinished(() => media.close());
  return {
    engine: media.engine,
    servers: () => media.servers(),
    log,
    changes: (next: object) => media.reload(parseConfig(next)),
  };
}

const names = (servers: readonly { readonly name: string; readonly isDraining: boolean }[]) =>
  servers.map(({ name, isDraining }) => `${name}${isDraining ? ' draining' : ''}`);

test('Janus servers that are away at the start are waited for', async () => {
  const { engine, servers } = await opened({ janus: { servers: [east, west] } });

  await expect(engine.open()).rejects.toMatchObject({ code: 'engine-down' });
  expect(servers()).toMatchObject([
    { name: 'east', kind: 'janus-nosip', isUp: false },
    { name: 'west', kind: 'janus-nosip', isUp: false },
  ]);
});

test('a single url is a pool of one, named by its place', async () => {
  const { servers } = await opened({ janus: { url: 'ws://127.0.0.1:1/janus?token=hush' } });

  expect(names(servers())).toEqual(['127.0.0.1:1']);
});

test('a changed list drains, adds and removes servers', async () => {
  const { servers, changes } = await opened({ janus: { servers: [east, { ...west, drain: true }] } });
  const before = names(servers());

  changes({ janus: { servers: [{ ...east, drain: true }, west] } });
  const drained = names(servers());
  changes({ janus: { servers: [west, { name: 'south', url: east.url }] } });

  expect(before).toEqual(['east', 'west draining']);
  expect(drained).toEqual(['east draining', 'west']);
  expect(names(servers())).toEqual(['west', 'south']);
});

test('a server whose address or secret has changed is another one', async () => {
  const { servers, changes } = await opened({ janus: { servers: [east, west] } });

  changes({
    janus: {
      servers: [
        { ...east, url: 'ws://127.0.0.1:2/' },
        { ...west, apiSecret: 'new' },
      ],
    },
  });

  expect(names(servers())).toEqual(['east', 'west']);
});

test('another kind of engine is left for the next start, and said so', async () => {
  const { servers, changes, log } = await opened({ janus: { servers: [east] } });

  changes({ media: 'embedded', janus: { servers: [east, west] } });

  expect(names(servers())).toEqual(['east']);
  expect(log.texts('warn')).toEqual(['what moves the media changes at the next start']);
});

test('an address that is none of this machine is one line that names the key', async () => {
  const faultOf = (embedded: object) =>
    opened({ media: { engine: 'embedded', embedded } }).then(() => undefined, startFault);

  expect(await faultOf({ rtpAddress: '192.0.2.1' })).toBe(
    'RTP: 192.0.2.1 is no address of this machine; choose another with media.embedded.rtpAddress',
  );
  expect(await faultOf({ iceAddress: '192.0.2.1' })).toMatch(/^ICE: .* media\.embedded\.iceAddress$/);
});

test('a port for browsers that is taken is one line that names it', async () => {
  const other = createSocket('udp4').bind(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const { port } = other.address();

  const opening = opened({ media: { embedded: { iceAddress: '127.0.0.1', icePort: port } } });

  expect(await opening.then(() => undefined, startFault)).toBe(
    `ICE: 127.0.0.1:${port} is taken by another program; choose another with media.embedded.icePort`,
  );
});
