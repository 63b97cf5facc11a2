import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { MediaSession } from '../src/engine.ts';
import { browserAnswer } from './browser.ts';
import { audio, phoneSdp, video } from './peer.ts';

/** What an engine must do that has a folder for recordings on this machine. */
export function recordingContract(open: () => Promise<MediaSession>, folder: () => string): void {
  describe('recording', () => {
    let session: MediaSession;
    const both = { audio: true, peerAudio: true };

    beforeEach(async () => {
      session = await open();
    });

    const agrees = async (...lines: readonly string[]): Promise<void> => {
      const jsep = await session.toHandset({ type: 'offer', sdp: phoneSdp(...lines) });
      await session.toPeer(browserAnswer(jsep));
    };
    const refusal = (code: string): object => ({ name: 'MediaError', code });

    test('makes files in the folder', async () => {
      await agrees(...audio);
      await session.stopRecording(both);

      const files = await session.record({ ...both, filename: 'talk' });
      await session.stopRecording(both);

      expect(files.length).toBeGreaterThan(0);
      expect(files.filter((file) => !file.startsWith(join(folder(), 'talk')))).toEqual([]);
      await expect.poll(() => files.filter((file) => !existsSync(file)), { timeout: 15_000 }).toEqual([]);
    });

    test('refuses what cannot be, and the call goes on', async () => {
      await expect(session.record(both)).rejects.toMatchObject(refusal('recording-failed'));
      await agrees(...audio);
      const names = ['../talk', '/etc/talk', ''].map((filename) => ({ ...both, filename }));

      for (const wish of [{}, { video: true }, ...names]) {
        await expect(session.record(wish)).rejects.toMatchObject(refusal('recording-failed'));
      }

      expect(readdirSync(folder())).toEqual([]);
      expect((await session.record({ ...both, video: true })).length).toBeGreaterThan(0);
    });

    test('takes each part once at a time, and overwrites nothing', async () => {
      await agrees(...audio);
      const first = await session.record({ ...both, filename: 'twice' });

      await expect(session.record({ peerAudio: true })).rejects.toMatchObject(refusal('recording-failed'));
      await session.stopRecording({ audio: true });
      await session.stopRecording({ peerAudio: true });
      const again = await session.record({ peerAudio: true, filename: 'again' });
      await session.stopRecording({ peerAudio: true });
      const second = await session.record({ ...both, filename: 'twice' }).catch((error: unknown) => error);

      expect(again).toHaveLength(1);
      if (Array.isArray(second)) expect(first.filter((file) => second.includes(file))).toEqual([]);
      else expect(second).toMatchObject(refusal('recording-failed'));
    });

    test('of pictures is done or unsupported, never neither', async () => {
      await agrees(...audio, ...video);

      const made = await session.record({ video: true, peerVideo: true }).catch((error: unknown) => error);

      if (Array.isArray(made)) expect(made).toHaveLength(2);
      else expect(made).toMatchObject(refusal('unsupported'));
    });

    test('is refused when the session is closed', async () => {
      session.close();

      await expect(session.record(both)).rejects.toMatchObject(refusal('closed'));
      await expect(session.stopRecording(both)).rejects.toMatchObject(refusal('closed'));
    });
  });
}
