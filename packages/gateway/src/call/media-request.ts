import { basename } from 'node:path';
import { MediaError } from '@soft-handset/media';
import type { KeyframeSides, MediaSession, RecordingParts, RecordingWish } from '@soft-handset/media';
import type { CallNews, RefusalCode } from './call-effect.ts';

/** What a handset asks of the media alone: the state of the call has no part in it. */
export type MediaRequest =
  | { readonly do: 'record'; readonly wish: RecordingWish }
  | { readonly do: 'stopRecording'; readonly parts: RecordingParts }
  | { readonly do: 'keyframe'; readonly of: KeyframeSides };

/** Does it, and tells what the handset is told then. @throws MediaError */
export async function serveMediaRequest(session: MediaSession, request: MediaRequest): Promise<CallNews> {
  switch (request.do) {
    case 'record': {
      const files = await session.record(request.wish);
      // Where they are on the server is not the handset's to know.
      return { event: 'recordingupdated', files: files.map((file) => basename(file)) };
    }
    case 'stopRecording':
      await session.stopRecording(request.parts);
      return { event: 'recordingupdated' };
    case 'keyframe':
      await session.askForKeyframe(request.of);
      return { event: 'keyframesent' };
  }
}

/** The refusal that an error of the engine is. */
export function mediaRefusal(error: MediaError): RefusalCode {
  return error.code === 'unsupported' || error.code === 'recording-failed' ? 'recording' : 'engine';
}
