import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet, type RequestOptions } from 'node:https';
import { createServer, isIPv4, type AddressInfo } from 'node:net';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket, type PeerCertificate } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { generate } from 'selfsigned';
import { WebSocket } from 'ws';
import { lanAddresses } from '../src/addresses.ts';
import { parseConfig } from '../src/config/config.ts';
import { startGateway } from '../src/gateway.ts';
import type { GatewayParts } from '../src/gateway-parts.ts';
import { startFault } from '../src/start-error.ts';
import { fakeParts } from './fake-parts.ts';
import { LogBook } from './log-book.ts';
import { WsClient } from './janus-api/clients.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** What the server showed, over TLS. */
  readonly certificate: PeerCertificate | undefined;
}

function fetchFrom(url: string, options: RequestOptions = {}): Promise<Answer> {
  return new Promise((done, failed) => {
    const get = url.startsWith('https') ? httpsGet : httpGet;
    const request = get(
      url,
      { rejectUnauthorized: false, agent: false, timeout: 20_000, ...options },
      (response) => {
        let body = '';
        const { socket } = response;
        const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate() : undefined;
        response.on('data', (chunk) => (body += String(chunk)));
        response.on('end', () =>
          done({ status: response.statusCode ?? 0, headers: response.headers, body, certificate }),
        );
      },
    );
    request.on('error', failed).on('timeout', () => request.destroy(new Error('no answer')));
  });
}

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'soft-handset-gateway-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  return dir;
}

async function start(
  settings: Record<string, unknown> = {},
  { lan = false, changes = {} }: { readonly lan?: boolean; readonly changes?: Partial<GatewayParts> } = {},
) {
  const { listen = {}, ...rest } = settings;
  const all = {
    dataDir: await folder(),
    listen: { httpsPort: 0, httpPort: 0, ...(listen as object) },
    ...rest,
  };
  const parts = fakeParts(changes);
  const log = new LogBook();
  const config = parseConfig(all, undefined, lan);
  const gateway = await startGateway(config, log, parts);
  onTestFinished(() => gateway.close());
  return {
    gateway,
    config,
    parts,
    log,
    url: `https://127.0.0.1:${gateway.httpsPort}`,
    wssUrl: `wss://127.0.0.1:${gateway.httpsPort}/janus`,
  };
}

async function pageDir(): Promise<string> {
  const dir = await folder();
  await writeFile(join(dir, 'index.html'), '<p>page</p>');
  await mkdir(join(dir, 'assets'));
  await writeFile(join(dir, 'assets/index-Dk3xY_9a.js'), 'code');
  await writeFile(join(dir, 'assets/plain.js'), 'code');
  return dir;
}

/** A port that nobody listens on at this moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((open) => server.listen(0, '127.0.0.1', open));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

describe('the page', () => {
  test('is served over https with what browsers should know', async () => {
    const { url } = await start({
      page: { dir: await pageDir(), frameAncestors: ["'self'", 'https://desk.example'] },
    });

    const { status, body, headers } = await fetchFrom(url);

    expect([status, body]).toEqual([200, '<p>page</p>']);
    expect(headers).toMatchObject({
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'permissions-policy': expect.stringContaining('microphone=(self), camera=(self)') as string,
    });
    const policy = headers['content-security-policy'];
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("connect-src 'self' wss:;");
    expect(policy).toContain("frame-ancestors 'self' https://desk.example");
  });

  test('is cached for ever where a name has a hash, and asked for anew elsewhere', async () => {
    const { url } = await start({ page: { dir: await pageDir() } });

    const hashed = await fetchFrom(`${url}/assets/index-Dk3xY_9a.js`);
    const plain = await fetchFrom(`${url}/assets/plain.js`);

    expect(hashed.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(plain.headers['cache-control']).toBe('no-cache');
    expect(
      (await fetchFrom(`${url}/assets/plain.js`, { headers: { 'If-None-Match': plain.headers.etag } }))
        .status,
    ).toBe(304);
  });

  test('is nothing but its folder', async () => {
    const { url } = await start({ page: { dir: await pageDir() } });

    for (const path of ['/..%2f..%2fetc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/assets', '/nothing'])
      expect((await fetchFrom(url + path)).status).toBeGreaterThanOrEqual(400);
  });

  test('that is not built is said to be so', async () => {
    const { url } = await start();

    expect((await fetchFrom(url)).body).toContain('npm run build');
  });

  test('a host header with tricks in it does not get into the policy', async () => {
    const { url } = await start();

    const { headers } = await fetchFrom(url, { headers: { Host: "x; script-src 'unsafe-inline'" } });

    expect(headers['content-security-policy']).not.toContain('script-src');
  });
});

test('http redirects to https and does nothing else', async () => {
  const { gateway } = await start({ listen: { httpPort: await freePort() } });

  const { status, headers } = await fetchFrom(`http://localhost:${gateway.httpPort}/call?to=600`);
  const strange = await fetchFrom(`http://127.0.0.1:${gateway.httpPort}/`, { headers: { Host: 'a b\tc' } });

  expect(status).toBe(308);
  expect(headers.location).toBe(`https://localhost:${gateway.httpsPort}/call?to=600`);
  expect(strange.headers.location).toBe(`https://localhost:${gateway.httpsPort}/`);
});

describe('operations', () => {
  const fromOutside = { headers: { 'X-Forwarded-For': '192.0.2.8' } };

  test('healthz says that the process lives, readyz whether it can make calls', async () => {
    const { url, parts } = await start();

    expect(await fetchFrom(`${url}/healthz`)).toMatchObject({ status: 200, body: '{"status":"ok"}' });
    expect(await fetchFrom(`${url}/readyz`, fromOutside)).toMatchObject({
      status: 200,
      body: '{"status":"ready","engine":"up","sip":"up"}',
    });
    parts.engine.isUp = false;
    expect(await fetchFrom(`${url}/readyz`, fromOutside)).toMatchObject({
      status: 503,
      body: '{"status":"not ready","engine":"down","sip":"up"}',
    });
    expect((await fetchFrom(`${url}/healthz`)).status).toBe(200);
  });

  test('readyz tells operators how each media server is', async () => {
    const { url, parts } = await start();
    const server = { kind: 'janus-nosip', isUp: true, isDraining: false, sessionCount: 3 };
    parts.servers = [
      { ...server, name: 'east' },
      { ...server, name: 'west', isDraining: true },
      { ...server, name: 'south', isUp: false, isDraining: true, sessionCount: 0 },
    ];

    const { body } = await fetchFrom(`${url}/readyz`);

    expect(JSON.parse(body)).toMatchObject({
      media: [
        { server: 'east', engine: 'janus-nosip', state: 'up', sessions: 3 },
        { server: 'west', engine: 'janus-nosip', state: 'draining', sessions: 3 },
        { server: 'south', engine: 'janus-nosip', state: 'down', sessions: 0 },
      ],
    });
  });

  test('metrics count what there is and what was refused', async () => {
    const { url, wssUrl } = await start();
    const client = await WsClient.open(wssUrl, { rejectUnauthorized: false });
    const session_id = (await client.ask({ janus: 'create' })).data!.id;
    await client.ask({ janus: 'attach', session_id, plugin: 'janus.plugin.sipserver' });
    await client.ask({ janus: 'attach', session_id, plugin: 'janus.plugin.none' });

    const { body, headers } = await fetchFrom(`${url}/metrics`);

    expect(headers['content-type']).toContain('text/plain');
    for (const line of [
      'soft_handset_connections 1',
      'soft_handset_sessions 1',
      'soft_handset_handles 1',
      'soft_handset_engine_up 1',
      'soft_handset_media_sessions 5',
      'soft_handset_media_server_up{server="one",engine="fake"} 1',
      'soft_handset_media_server_draining{server="one",engine="fake"} 0',
      'soft_handset_media_server_sessions{server="one",engine="fake"} 5',
      'soft_handset_sip_transactions 1',
      'soft_handset_sip_registrations 3',
      'soft_handset_lines 6',
      'soft_handset_calls 7',
      'soft_handset_sip_events{event="retransmissions"} 3',
      'soft_handset_media_events{event="srtpForged"} 2',
      'soft_handset_refused_total{layer="core",code="460"} 1',
    ])
      expect(body.split('\n')).toContain(line);
  });

  test('metrics forget a media server that is gone', async () => {
    const { url, parts } = await start();
    await fetchFrom(`${url}/metrics`);
    parts.servers = [];

    expect((await fetchFrom(`${url}/metrics`)).body).not.toContain('server="one"');
  });

  test('metrics are for this machine and the addresses that are allowed', async () => {
    const { url } = await start({ metrics: { allowedAddresses: ['192.0.2.7'] } });
    const via = (address: string) => fetchFrom(`${url}/metrics`, { headers: { 'X-Forwarded-For': address } });

    expect((await via('192.0.2.7')).status).toBe(200);
    expect((await via('192.0.2.8')).status).toBe(403);
    expect((await via('127.0.0.1')).status).toBe(403);
  });
});

describe('wss', () => {
  test('is open to our own page and to no other', async () => {
    const { wssUrl, url } = await start();
    const open = (origin: string) => WsClient.open(wssUrl, { rejectUnauthorized: false, origin });

    const client = await open(url);
    expect(await client.ask({ janus: 'info' })).toMatchObject({ janus: 'server_info' });
    await expect(open('https://evil.example')).rejects.toThrow('403');
  });

  test('is not open to a foreign name that points to this machine', async () => {
    const { gateway } = await start();
    const host = `evil.example:${gateway.httpsPort}`;
    const options = { rejectUnauthorized: false, headers: { Host: host }, origin: `https://${host}` };

    await expect(WsClient.open(`wss://127.0.0.1:${gateway.httpsPort}/janus`, options)).rejects.toThrow('403');
  });
});

describe('listening', () => {
  test('is on 127.0.0.1 only, unless told otherwise', async () => {
    const addresses = lanAddresses().filter(isIPv4);
    const near = await start();
    const far = await start({}, { lan: true });

    expect(near.gateway.urls).toEqual([`https://localhost:${near.gateway.httpsPort}/`]);
    expect(far.gateway.urls).toEqual(
      ['localhost', ...addresses].map((host) => `https://${host}:${far.gateway.httpsPort}/`),
    );
    for (const address of addresses) {
      const at = (port: number): string => `https://${address}:${port}/healthz`;
      await expect(fetchFrom(at(near.gateway.httpsPort))).rejects.toThrow('ECONNREFUSED');
      const reached = await fetchFrom(at(far.gateway.httpsPort));
      expect(reached.status).toBe(200);
      expect(reached.certificate?.subjectaltname).toContain(address);
    }
  });

  test('the SIP stack is bound to this machine, with --lan to all addresses, naming one that peers can reach', async () => {
    const near = await start();
    const far = await start({}, { lan: true });

    expect(near.parts.stackOptions).toMatchObject({
      udp: { host: '127.0.0.1', port: 5070 },
      tcp: { host: '127.0.0.1' },
    });
    expect(near.parts.stackOptions?.advertisedHost).toBeUndefined();
    expect(far.parts.stackOptions).toMatchObject({ udp: { host: '0.0.0.0' } });
    expect(far.parts.stackOptions?.advertisedHost).toBe(lanAddresses()[0]);
    expect(near.gateway.sipAddresses).toEqual(['udp 127.0.0.1:5070']);
  });
});

describe('a start that fails', () => {
  async function faultOf(settings: object, changes: Partial<GatewayParts> = {}) {
    const parts = fakeParts(changes);
    const all = { dataDir: await folder(), ...settings };
    const error: unknown = await startGateway(parseConfig(all), new LogBook(), parts).catch(
      (reason: unknown) => reason,
    );
    return { fault: startFault(error), history: parts.history };
  }

  test('because a port is taken is one line that says which, and leaves nothing open', async () => {
    const taken = await start();
    const { httpsPort } = taken.gateway;

    const https = await faultOf({ listen: { httpsPort, httpPort: 0 } });
    const http = await faultOf({ listen: { httpsPort: 0, httpPort: httpsPort } });

    expect(https.fault).toBe(
      `https: 127.0.0.1:${httpsPort} is taken by another program; choose another with --https-port or listen.httpsPort`,
    );
    expect(http.fault).toMatch(/^http: .* is taken by another program; choose another with --http-port/);
    expect(https.history.slice(-3)).toEqual(['plugin closed', 'engine closed', 'stack closed']);
  });

  test('because the address is none of this machine', async () => {
    const { fault } = await faultOf({ listen: { host: '192.0.2.1', httpsPort: 0, httpPort: 0 } });

    expect(fault).toMatch(/^https: 192\.0\.2\.1:0 is no address of this machine/);
  });

  test('because the certificate cannot be read', async () => {
    const { fault, history } = await faultOf({ tls: { certFile: '/nowhere.pem', keyFile: '/nowhere.key' } });

    expect(fault).toBe('The certificate /nowhere.pem cannot be read (ENOENT)');
    expect(history).toEqual([]);
  });

  test('because of a bug of ours is not dressed up', async () => {
    const { fault, history } = await faultOf({}, { openEngine: () => Promise.reject(new TypeError('bug')) });

    expect(fault).toBeUndefined();
    expect(history).toEqual(['stack opened', 'stack closed']);
  });
});

describe('the end', () => {
  test('comes in order, once, with no socket left', async () => {
    const { gateway, parts, url, wssUrl } = await start({ listen: { httpPort: 0 } });
    const client = await WsClient.open(wssUrl, { rejectUnauthorized: false });
    const session_id = (await client.ask({ janus: 'create' })).data!.id;
    await client.ask({ janus: 'attach', session_id, plugin: 'janus.plugin.sipserver' });
    const { closed } = client;

    await Promise.all([gateway.close(), gateway.close()]);

    expect(await closed).toBe(1001);
    expect(parts.history).toEqual([
      'stack opened',
      'engine opened',
      'plugin made',
      'plugin closed',
      'engine closed',
      'stack closed',
    ]);
    expect(parts.plugin.last.detaches).toBe(1);
    await expect(fetchFrom(url)).rejects.toThrow('ECONNREFUSED');
  });

  test('does not wait for a part that hangs, nor for a client that does not answer', async () => {
    const changes = {
      createPlugin: () => ({
        ...fakeParts().createPlugin({} as never),
        close: () => Promise.reject(new Error('cannot')),
      }),
      openEngine: async () => ({
        ...(await fakeParts().openEngine({} as never, new LogBook(), {} as never)),
        close: () => new Promise<void>(() => undefined),
      }),
      clock: {
        now: () => performance.now(),
        setTimeout: (run: () => void, ms: number) => {
          const timer = setTimeout(run, ms / 20);
          return () => clearTimeout(timer);
        },
      },
    };
    const { gateway, log, wssUrl } = await start({}, { changes });
    const mute = new WebSocket(wssUrl, 'janus-protocol', { rejectUnauthorized: false });
    await new Promise((opened) => mute.once('open', opened));
    mute.pause();

    await gateway.close();

    expect(log.texts('error')).toEqual(['closing failed']);
    expect(log.texts('warn')).toEqual(['did not close in time']);
    mute.terminate();
  });
});

test('a new certificate is served without a restart; one that cannot be used changes nothing', async () => {
  const dir = await folder();
  const tls = { certFile: join(dir, 'cert.pem'), keyFile: join(dir, 'key.pem') };
  const renew = async (): Promise<void> => {
    const made = await generate([{ name: 'commonName', value: 'own' }], {
      keyType: 'ec',
      algorithm: 'sha256',
    });
    await writeFile(tls.certFile, made.cert);
    await writeFile(tls.keyFile, made.private);
  };
  await renew();
  const { gateway, url, config } = await start({ tls });
  const shown = async () => (await fetchFrom(`${url}/healthz`)).certificate?.fingerprint256;
  const first = await shown();

  await renew();
  await gateway.reload(config);
  const second = await shown();
  await writeFile(tls.certFile, 'damaged');
  await expect(gateway.reload(config)).rejects.toThrow('no certificate');

  expect(second).not.toBe(first);
  expect(await shown()).toBe(second);
});

test('the media hears of a changed configuration, also when the certificate in it cannot be used', async () => {
  const { gateway, config, parts } = await start();
  const changed = { ...config, tls: { certFile: '/nowhere.pem', keyFile: '/nowhere.key' } };

  await gateway.reload(config);
  await expect(gateway.reload(changed)).rejects.toThrow('/nowhere.pem');

  expect(parts.reloads).toEqual([config, changed]);
});
