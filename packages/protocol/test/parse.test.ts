import { describe, expect, test } from 'vitest';
import {
  parseJanusReply,
  parseJanusRequest,
  parseJsep,
  parseSipserverRequest,
  type Parsed,
} from '@soft-handset/protocol';

const onHandle = { transaction: 't', session_id: 1, handle_id: 2 };

describe('a Janus request', () => {
  const good: readonly object[] = [
    { janus: 'info', transaction: 't' },
    { janus: 'ping', transaction: 't' },
    { janus: 'create', transaction: 't', apisecret: 's', token: 'x' },
    { janus: 'attach', transaction: 't', session_id: 1, plugin: 'janus.plugin.sipserver', opaque_id: 'o' },
    { janus: 'message', ...onHandle, body: { request: 'hangup' }, jsep: 'is looked at later' },
    {
      janus: 'trickle',
      ...onHandle,
      candidate: { candidate: 'candidate:1 1 udp 1 192.0.2.1 1 typ host', sdpMid: '0', sdpMLineIndex: 0 },
    },
    { janus: 'trickle', ...onHandle, candidates: [{ candidate: '', sdpMid: null }, { completed: true }] },
    { janus: 'hangup', ...onHandle, unknown_field: 'is ignored' },
  ];
  for (const request of good) {
    test(`is read: ${JSON.stringify(request).slice(0, 70)}`, () => {
      expect(parseJanusRequest(request)).toMatchObject({
        ok: true,
        value: { janus: (request as { janus: string }).janus },
      });
    });
  }

  const bad: readonly (readonly [what: string, request: unknown, code: number])[] = [
    ['a text', 'hello', 455],
    ['null', null, 455],
    ['an array', [], 455],
    ['no transaction', { janus: 'info' }, 456],
    ['no verb', { transaction: 't' }, 456],
    ['a verb that is a number', { janus: 7, transaction: 't' }, 467],
    ['an unknown verb', { janus: 'dance', transaction: 't' }, 453],
    ['a verb out of the prototype', { janus: 'constructor', transaction: 't' }, 453],
    ['a transaction that is a number', { janus: 'info', transaction: 7 }, 467],
    ['an empty transaction', { janus: 'info', transaction: '' }, 467],
    ['no session', { janus: 'keepalive', transaction: 't' }, 456],
    ['a session that is a text', { janus: 'keepalive', transaction: 't', session_id: '1' }, 467],
    [
      'a session beyond what a number can say',
      { janus: 'keepalive', transaction: 't', session_id: 2 ** 60 },
      467,
    ],
    ['no plugin', { janus: 'attach', transaction: 't', session_id: 1 }, 456],
    ['no body', { janus: 'message', ...onHandle }, 456],
    ['a body that is a text', { janus: 'message', ...onHandle, body: 'hangup' }, 467],
    ['a candidate that is none', { janus: 'trickle', ...onHandle, candidate: 7 }, 466],
    [
      'a thousand candidates',
      { janus: 'trickle', ...onHandle, candidates: Array(1000).fill({ completed: true }) },
      466,
    ],
  ];
  for (const [what, request, code] of bad) {
    test(`is refused with ${code}: ${what}`, () => {
      expect(codeOf(parseJanusRequest(request))).toBe(code);
    });
  }
});

describe('a JSEP', () => {
  const bad: readonly (readonly [what: string, jsep: unknown, code: number])[] = [
    ['a text', 'v=0', 455],
    ['no type', { sdp: 'v=0' }, 456],
    ['no SDP', { type: 'offer' }, 456],
    ['an unknown type', { type: 'rollback', sdp: 'v=0' }, 464],
    ['an empty SDP', { type: 'offer', sdp: '' }, 465],
    ['a number for a type', { type: 7, sdp: 'v=0' }, 467],
    ['a number for SDP', { type: 'offer', sdp: 7 }, 467],
    ['a text that is no SDP', { type: 'offer', sdp: 'garbage' }, 465],
    ['a text for trickle', { type: 'offer', sdp: 'v=0', trickle: 'yes' }, 467],
    ['an SDP without end', { type: 'offer', sdp: 'x'.repeat(70_000) }, 465],
  ];
  for (const [what, jsep, code] of bad) {
    test(`is refused with ${code}: ${what}`, () => {
      expect(codeOf(parseJsep(jsep))).toBe(code);
    });
  }

  test('is read, and what Janus adds is left out', () => {
    expect(parseJsep({ type: 'offer', sdp: 'v=0', trickle: false, rid_order: 'hml' })).toEqual({
      ok: true,
      value: { type: 'offer', sdp: 'v=0', trickle: false },
    });
  });
});

describe('a plugin request', () => {
  test('takes flags in every spelling of existing pages', () => {
    const flags = ['1', '0', 'true', 'false', 1, 0, true, false, ''].map((video) => {
      const parsed = parseSipserverRequest({ request: 'new_call', uri: '1002', video });
      return parsed.ok && parsed.value.request === 'new_call' ? parsed.value.video : 'refused';
    });

    expect(flags).toEqual([true, false, true, false, true, false, true, false, false]);
  });

  const bad: readonly (readonly [what: string, body: unknown, code: number])[] = [
    ['no body', undefined, 440],
    ['no request', {}, 443],
    ['a request that is a number', { request: 1 }, 444],
    ['an unknown request', { request: 'fly' }, 442],
    ['no uri', { request: 'call' }, 443],
    ['an empty uri', { request: 'call', uri: '' }, 444],
    ['a uri that is an object', { request: 'new_call', uri: {} }, 444],
    ['a line break in the uri', { request: 'new_call', uri: 'sip:1@a\r\nVia: x' }, 444],
    [
      'a line break in a header',
      { request: 'call', uri: '1', headers: { 'X-A': 'b\r\nRoute: <sip:evil>' } },
      444,
    ],
    ['a header whose name is none', { request: 'call', uri: '1', headers: { 'X A:': 'b' } }, 444],
    [
      'too many headers',
      {
        request: 'call',
        uri: '1',
        headers: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`X-${i}`, 'x'])),
      },
      444,
    ],
    ['a decline code out of range', { request: 'decline', code: 200 }, 444],
    ['a flag that is a word', { request: 'new_call', uri: '1', video: 'perhaps' }, 444],
  ];
  for (const [what, body, code] of bad) {
    test(`is refused with ${code}: ${what}`, () => {
      expect(codeOf(parseSipserverRequest(body))).toBe(code);
    });
  }
});

function codeOf(parsed: Parsed<unknown>): number | 'accepted' {
  return parsed.ok ? 'accepted' : parsed.code;
}

test('what Janus says is one of its messages, or nothing', () => {
  const ack = { janus: 'ack', session_id: 5, transaction: 't1' };

  expect(parseJanusReply(ack)).toEqual(ack);
  for (const none of [null, [], 'ack', { janus: 'nonsense' }, { janus: 'event', session_id: 'x', sender: 1 }])
    expect(parseJanusReply(none)).toBeUndefined();
});
