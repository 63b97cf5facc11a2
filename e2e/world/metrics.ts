import { get } from 'node:https';
import { until } from '@soft-handset/parts';

/** What the gateway counts, by the names of its /metrics without `soft_handset_`. */
export async function readMetrics(origin: string): Promise<ReadonlyMap<string, number>> {
  const { text } = await fetchText(`${origin}/metrics`);
  const rows = text.split('\n').flatMap((line) => /^(?:soft_handset_)?(\w+) ([\d.e+-]+)$/.exec(line) ?? []);
  return new Map(
    Array.from({ length: rows.length / 3 }, (_none, index) => [
      rows[index * 3 + 1]!,
      Number(rows[index * 3 + 2]),
    ]),
  );
}

/** Its own word: it has Janus and SIP and can make calls. */
export async function untilReady(origin: string): Promise<void> {
  await until('the gateway is ready', async () => (await fetchText(`${origin}/readyz`)).status === 200, {
    timeoutMs: 15_000,
    everyMs: 50,
  });
}

/** Over https with the gateway's self-signed certificate. */
export function fetchText(url: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { rejectUnauthorized: false, timeout: 20_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('timeout', () => request.destroy(new Error(`${url} does not answer`)));
    request.on('error', reject);
  });
}
