export const plugin = 'janus.plugin.sipserver';
const sdp = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n';
/** A message that is right. */
export const message = { janus: 'message', body: {} };

/** Where a request is asked: the ids are those of a living session and handle. */
type Place = 'server' | 'session' | 'handle';
export type BadRequest = readonly [
  what: string,
  place: Place,
  request: Record<string, unknown>,
  code: number,
];

/** Each code is what Janus 1.1.2 says to the same request; `janus-codes.parts.test.ts` asks it. */
export const janusBadRequests: readonly BadRequest[] = [
  ['an unknown verb', 'server', { janus: 'dance' }, 457],
  ['an unknown verb in a session', 'session', { janus: 'dance' }, 453],
  ['an unknown verb on a handle', 'handle', { janus: 'dance' }, 453],
  ['a verb that is a property of every object', 'session', { janus: 'constructor' }, 453],
  ['no verb', 'server', { janus: undefined }, 456],
  ['a verb that is a number', 'server', { janus: 5 }, 467],
  ['no transaction', 'server', { janus: 'create', transaction: undefined }, 456],
  ['a transaction that is a number', 'server', { janus: 'create', transaction: 5 }, 467],
  ['attach without a session', 'server', { janus: 'attach', plugin }, 457],
  ['message without a session', 'server', message, 457],
  ['message in a session', 'session', message, 457],
  ['detach in a session', 'session', { janus: 'detach' }, 457],
  ['hangup in a session', 'session', { janus: 'hangup' }, 457],
  ['trickle in a session', 'session', { janus: 'trickle' }, 457],
  ['create in a session', 'session', { janus: 'create' }, 453],
  ['ping in a session', 'session', { janus: 'ping' }, 453],
  ['attach on a handle', 'handle', { janus: 'attach', plugin }, 457],
  ['destroy on a handle', 'handle', { janus: 'destroy' }, 457],
  ['a session id for create that is a text', 'server', { janus: 'create', id: 'x' }, 467],
  ['attach without a plugin', 'session', { janus: 'attach' }, 456],
  ['a plugin that is a number', 'session', { janus: 'attach', plugin: 5 }, 467],
  ['a plugin that is not there', 'session', { janus: 'attach', plugin: 'janus.plugin.videoroom' }, 460],
  ['an opaque id that is a number', 'session', { janus: 'attach', plugin, opaque_id: 5 }, 467],
  ['message without a body', 'handle', { janus: 'message' }, 456],
  ['a body that is a text', 'handle', { janus: 'message', body: 'x' }, 467],
  ['a body that is a list', 'handle', { janus: 'message', body: [] }, 467],
  ['a jsep that is a text', 'handle', { ...message, jsep: 'x' }, 455],
  ['a jsep that is null', 'handle', { ...message, jsep: null }, 455],
  ['a jsep without a type', 'handle', { ...message, jsep: { sdp } }, 456],
  ['a jsep without an sdp', 'handle', { ...message, jsep: { type: 'offer' } }, 456],
  ['a jsep of an unknown type', 'handle', { ...message, jsep: { type: 'rollback', sdp } }, 464],
  ['a jsep type that is a number', 'handle', { ...message, jsep: { type: 5, sdp } }, 467],
  ['a jsep whose sdp is a number', 'handle', { ...message, jsep: { type: 'offer', sdp: 5 } }, 467],
  ['a jsep whose sdp is none', 'handle', { ...message, jsep: { type: 'offer', sdp: 'garbage' } }, 465],
  ['trickle without a candidate', 'handle', { janus: 'trickle' }, 456],
  [
    'trickle with both forms',
    'handle',
    { janus: 'trickle', candidate: { completed: true }, candidates: [] },
    454,
  ],
];

/** Janus acknowledges these, and looks at them afterwards; we say so at once. */
const ourBadRequests: readonly BadRequest[] = [
  ['a candidate that is a text', 'handle', { janus: 'trickle', candidate: 'x' }, 466],
  ['a candidate without its line', 'handle', { janus: 'trickle', candidate: {} }, 466],
  ['candidates that are no list', 'handle', { janus: 'trickle', candidates: {} }, 466],
  [
    'candidates with nonsense among them',
    'handle',
    { janus: 'trickle', candidates: [{ completed: true }, 5] },
    466,
  ],
  [
    'an endless list of candidates',
    'handle',
    { janus: 'trickle', candidates: Array(300).fill({ completed: true }) },
    466,
  ],
];

export const badRequests = [...janusBadRequests, ...ourBadRequests];
