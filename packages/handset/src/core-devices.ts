import { isUp } from './call-state.ts';
import { Devices } from './devices.ts';
import { HandsetError } from './handset-error.ts';
import type { HandsetCore } from './handset-core.ts';
import type { HandsetCall } from './call.ts';
import type { LocalMedia } from './local-media.ts';

/** The devices of a handset: what is chosen counts for all its calls. */
export function createDevices(core: HandsetCore): Devices {
  const running = (): HandsetCall[] => core.lines.calls.filter(({ state }) => isUp(state));
  return new Devices({
    isInCall: () => running().length > 0,
    exchange: async (kind) => {
      for (const line of core.lines.all) await line.exchange(kind);
    },
    setSpeaker: async (deviceId) => {
      await Promise.all(
        core.lines.all.map(({ elements }) => elements?.setSpeaker(deviceId) ?? Promise.resolve()),
      );
    },
    setCamera: async (isOn) => {
      const call = running().find(({ state }) => state === 'active') ?? running()[0];
      if (call === undefined) throw HandsetError.of('wrong-state');
      await call.media.changes.setCamera(isOn);
    },
    changed: (devices) => {
      core.emit('devices', { devices });
      for (const { media } of core.lines.all) void media.revive();
    },
    failed: (error) => core.connection.debug('the devices cannot be listed', error),
    process: async () => {
      const stale: LocalMedia[] = [];
      for (const { media } of core.lines.all) if (!(await media.isProcessed())) stale.push(media);
      for (const media of stale) media.releaseMicrophone();
      for (const media of stale) await media.exchange('audio');
    },
    speakerLost: () => {
      for (const { core: call } of running())
        call.emit('device', { kind: 'speaker', label: '', because: 'lost' });
    },
    setRing: (deviceId) => core.ring.setDevice(deviceId),
    meter: async (listener) => {
      const { meter } = await import('./meter.ts');
      const ours = running().find(({ state }) => state === 'active')?.core.ports.media.tracks.audio;
      return meter(ours?.clone(), core.devices.audioConstraints(), listener);
    },
  });
}
