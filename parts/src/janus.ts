import { startLocalJanus, type LocalJanus, type LocalJanusOptions } from '@soft-handset/media';
import { requirePart } from './needs.ts';
import type { Part } from './parts.ts';
import { makeTempDir } from './temp-dir.ts';

export interface JanusPart extends Part, LocalJanus {
  close(): Promise<void>;
}

export type JanusPartOptions = Omit<LocalJanusOptions, 'dataDir'>;

/** The two plugins that are compared: ours stands on the first, the second is the stock one. */
export const nosipOnly = ['janus.plugin.nosip'];
export const nosipAndStockSip = ['janus.plugin.nosip', 'janus.plugin.sip'];

/** A Janus of this machine with its own configuration folder, on loopback, gone after `close`. */
export async function startJanus(options: JanusPartOptions = {}): Promise<JanusPart> {
  const binary = requirePart('janus');
  const directory = await makeTempDir('janus');
  try {
    const janus = await startLocalJanus({ binary, ...options, dataDir: directory.path });
    return {
      ...janus,
      close: async () => {
        await janus.close();
        await directory.close();
      },
    };
  } catch (cause) {
    await directory.close();
    throw cause;
  }
}
