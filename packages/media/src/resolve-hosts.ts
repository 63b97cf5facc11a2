import { lookup } from 'node:dns/promises';
import type { ResolveHosts } from './plain-sdp.ts';

const limitMs = 2000;

/** By the system's resolver (hosts file, DNS): IPv4 only, as the engine is. */
export const resolveHosts: ResolveHosts = async (names) => {
  const found = await Promise.all(names.map(resolveHost));
  return new Map(
    found.flatMap((address, index) => (address === undefined ? [] : [[names[index] ?? '', address]])),
  );
};

async function resolveHost(name: string): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((gaveUp) => {
    timer = setTimeout(() => gaveUp(undefined), limitMs);
  });
  const asked = lookup(name, { family: 4 }).then(
    ({ address }) => address,
    () => undefined,
  );
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
