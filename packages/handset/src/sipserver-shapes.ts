import type { SipserverEventName } from '@soft-handset/protocol';

/** A JSON value: text, number or truth, a list of one shape, or an object with at least these members (`?`: or without). */
export type Shape = 's' | 'n' | 'b' | readonly [Shape] | { readonly [member: string]: Shape };

const outcome = { code: 'n', reason: 's' } as const;
const peer = { 'displayname?': 's', 'referred_by?': 's' } as const;

/**
 * What the events of the plugin have, as far as it is read here. The schemas of `@soft-handset/protocol` say the same and a test
 * compares them; their library alone would be a sixth of what a page loads.
 */
export const sipserverShapes: { readonly [N in SipserverEventName]: Shape } = {
  registering: { 'token?': 's' },
  registered: {
    username: 's',
    register_sent: 'b',
    'master_id?': 'n',
    'exchange?': { echo: 's', address: 's', second_handset: 'b' },
  },
  registration_failed: outcome,
  unregistering: {},
  unregistered: {},
  second_handset: { username: 's', token: 's', expires_in: 'n' },
  extensions: { extensions: [{ number: 's', 'display_name?': 's', state: 's' }] },
  incomingcall: {
    ...peer,
    username: 's',
    audio: 'b',
    video: 'b',
    type: 's',
    'diverted_by?': [{ username: 's', 'displayname?': 's', 'reason?': 's' }],
  },
  calling: {},
  ringing: {},
  progress: {},
  new_accepted: {},
  accepted: {},
  accepting: {},
  accept_reply: {},
  declining: {},
  hangingup: {},
  haningup: {},
  hangup: { ...outcome, 'reason_header?': 's' },
  missed_call: { caller: 's', 'displayname?': 's', 'reason?': 's' },
  updatingcall: { ...peer, 'username?': 's' },
  updating: {},
  updated: {},
  holding: {},
  resuming: {},
  transferring: {},
  transfer: { refer_id: 'n', refer_to: 's', 'referred_by?': 's', 'replaces?': 's' },
  recordingupdated: { 'files?': ['s'] },
  keyframesent: {},
  dtmfsent: {},
  infosent: {},
  messagesent: {},
  messagedelivery: outcome,
  info: { sender: 's', type: 's', content: 's' },
  message: { sender: 's', 'displayname?': 's', content_type: 's', content: 's' },
  subscribing: {},
  subscribe_succeeded: outcome,
  subscribe_failed: outcome,
  unsubscribing: {},
  notify: { notify: 's', substate: 's', 'content-type': 's', content: 's' },
};

const types = { s: 'string', n: 'number', b: 'boolean' } as const;

export function fits(value: unknown, shape: Shape): boolean {
  if (typeof shape === 'string') return typeof value === types[shape];
  if (isList(shape)) return Array.isArray(value) && value.every((one) => fits(one, shape[0]));
  if (!isObject(value)) return false;
  return Object.entries(shape).every(([member, inner]) => {
    const name = member.replace(/\?$/, '');
    return name !== member && value[name] === undefined ? true : fits(value[name], inner);
  });
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
