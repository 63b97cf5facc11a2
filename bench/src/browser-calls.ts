import { called, startChromium, startSipp, within, type Parts } from '@soft-handset/parts';
import { returnCallsInPage, type PageCallTimes } from './page-calls.ts';
import { startOurs, type BenchUser } from './side.ts';

/** Return calls (返呼) from Chromium through our gateway to a sipp that sends back what it hears. */
export async function browserCalls(
  parts: Parts,
  user: BenchUser,
  calls: number,
): Promise<readonly PageCallTimes[]> {
  const sipp = await parts.use(startSipp({ scenario: called.offersWhenAnswering(), trace: false }));
  const side = await startOurs(parts, { sipPort: sipp.port, guests: [user], users: [] });
  const browser = await parts.use(startChromium());
  const page = await browser.open(`${side.url.replace(/^ws/, 'http').replace(/\/janus$/, '')}/healthz`);
  return within(
    120_000,
    'the calls from Chromium',
    page.evaluate(returnCallsInPage, {
      url: side.url,
      plugin: side.plugin,
      username: user.name,
      peer: sipp.uri('bench'),
      calls,
    }),
  );
}
