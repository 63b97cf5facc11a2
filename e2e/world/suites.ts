import type { PartName } from '@soft-handset/parts';
import { describeWithParts } from '@soft-handset/parts/vitest';
import { afterAll, beforeAll } from 'vitest';
import type { EngineKind } from './engine.ts';
import { Site } from './site.ts';
import { World, type WorldOptions } from './world.ts';

type Suite = (world: World) => void;

interface Needs {
  /** Programs that the suite starts itself. */
  readonly needs?: readonly PartName[];
}

const ofSite: readonly PartName[] = ['kamailio', 'chromium'];
const engines: Readonly<Record<EngineKind, { readonly words: string; readonly needs: readonly PartName[] }>> =
  {
    nosip: { words: 'media by Janus', needs: ['janus'] },
    embedded: { words: 'media by the embedded engine', needs: [] },
  };

/** The same flows once with each engine. Kamailio, the exchange and the browsers are shared. */
export function describeOnEachEngine(
  title: string,
  { needs = [], ...options }: Omit<WorldOptions, 'engine'> & Needs,
  suite: Suite,
): void {
  describeWithParts([...ofSite, ...needs], title, () => {
    let site: Site;
    beforeAll(async () => {
      site = await Site.open(options);
    });
    afterAll(() => site.close());

    for (const engine of ['nosip', 'embedded'] as const) {
      const { words, needs: ofEngine } = engines[engine];
      describeWithParts(ofEngine, words, () => inWorld({ ...options, engine }, suite, () => site));
    }
  });
}

/** Flows that one engine is enough for. */
export function describeInWorld(
  title: string,
  { needs = [], ...options }: WorldOptions & Needs,
  suite: Suite,
): void {
  const all = [...ofSite, ...needs, ...engines[options.engine].needs];
  describeWithParts(all, title, () => inWorld(options, suite));
}

function inWorld(options: WorldOptions, suite: Suite, site?: () => Site): void {
  const world = new World(options);
  beforeAll(() => world.open(site?.()));
  afterAll(() => world.close());
  suite(world);
}
