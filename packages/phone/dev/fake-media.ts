/* Pictures, devices and statistics as a browser would give them, made on the spot. */

const streams = new Map<string, MediaStream>();

/** A drawn picture as a live stream: sky, ground and a person, enough to see fit and crop. */
export function fakePicture(side: 'local' | 'remote', video: boolean): MediaStream | null {
  if (!video) return new MediaStream();
  const known = streams.get(side);
  if (known) return known;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = side === 'local' ? [640, 480] : [1280, 720];
  const draw = canvas.getContext('2d');
  if (!draw) return null;
  const { width: w, height: h } = canvas;
  const paint = (): void => {
    draw.fillStyle = side === 'local' ? '#33454f' : '#8fa3ab';
    draw.fillRect(0, 0, w, h);
    draw.fillStyle = side === 'local' ? '#2a383f' : '#6d828b';
    draw.fillRect(0, h * 0.7, w, h * 0.3);
    draw.fillStyle = side === 'local' ? '#e8edf0' : '#1f5268';
    draw.beginPath();
    draw.ellipse(w / 2, h * 1.05, w * 0.22, h * 0.36, 0, 0, 7);
    draw.fill();
    draw.fillStyle = side === 'local' ? '#e0b294' : '#b98561';
    draw.beginPath();
    draw.ellipse(w / 2, h * 0.47, h * 0.14, h * 0.19, 0, 0, 7);
    draw.fill();
    draw.fillStyle = '#2a2322';
    draw.beginPath();
    draw.ellipse(w / 2, h * 0.36, h * 0.16, h * 0.12, 0, Math.PI, 0);
    draw.fill();
  };
  paint();
  setInterval(paint, 200);
  const stream = canvas.captureStream(5);
  streams.set(side, stream);
  return stream;
}

export function fakeDevices(zh: boolean): MediaDeviceInfo[] {
  const device = (kind: MediaDeviceKind, deviceId: string, label: string): MediaDeviceInfo => ({
    kind,
    deviceId,
    label,
    groupId: '',
    toJSON: () => ({}),
  });
  return [
    device('audioinput', 'default', zh ? '有线耳机' : 'Wired headset'),
    device('audioinput', 'desk', zh ? '桌面麦克风' : 'Desk microphone'),
    device('audiooutput', 'default', zh ? '有线耳机' : 'Wired headset'),
    device('audiooutput', 'desk', zh ? '桌面音箱' : 'Desk speaker'),
    device('videoinput', 'cam', zh ? '高清摄像头' : 'HD camera'),
  ];
}

let packets = 0;

/** Good sound, both sides talking. */
export function fakeReport(): [string, unknown][] {
  packets += 5;
  return [
    ['source', { type: 'media-source', kind: 'audio', audioLevel: 0.018 }],
    [
      'in',
      {
        type: 'inbound-rtp',
        kind: 'audio',
        codecId: 'codec',
        packetsReceived: packets,
        packetsLost: 0,
        jitter: 0.004,
        audioLevel: 0.083,
      },
    ],
    ['remote', { type: 'remote-inbound-rtp', kind: 'audio', roundTripTime: 0.038 }],
    ['codec', { type: 'codec', mimeType: 'audio/opus' }],
  ];
}
