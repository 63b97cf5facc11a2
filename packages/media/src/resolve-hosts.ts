import { lookup } from 'node:dns/promises';
import type { ResolveHosts } from './plain-sdp.ts';
import type { Family } from './plain-sdp-read.ts';

const limitMs = 2000;

/** By the system's resolver (hosts file, DNS). */
export const resolveHosts: ResolveHosts = async (names, family) => {
  const found = await Promise.all(names.map((name) => resolveHost(name, family)));
  return new Map(
    found.flatMap((address, index) => (address === undefined ? [] : [[names[index] ?? '', address]])),
  );
};

async function resolveHost(name: string, family: Family): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((gaveUp) => {
    timer = setTimeout(() => gaveUp(undefined), limitMs);
  });
  const asked = lookup(name, { family }).then(
    ({ address }) => address,
    () => undefined,
  );
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
