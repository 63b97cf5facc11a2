import { describe, expect, test } from 'vitest';
import { diversionsOf, identityOf } from '../src/caller-identity.ts';
import { formatNameAddr } from '../src/name-addr.ts';
import { requestOf } from './text.ts';

function invite(...headers: readonly string[]) {
  const from = headers.some((line) => line.startsWith('From:'))
    ? []
    : ['From: "Bob" <sip:bob@example.org>;tag=1'];
  return requestOf(['INVITE sip:alice@example.org SIP/2.0', ...from, ...headers, '', ''].join('\n'));
}

const shown = (isTrusted: boolean, ...headers: readonly string[]) => {
  const identity = identityOf(invite(...headers), { isTrusted });
  return (
    identity &&
    `${identity.source} ${formatNameAddr(identity.address)}${identity.isPrivate ? ' private' : ''}`
  );
};

describe('who calls (RFC 3325, RFC 3323)', () => {
  const asserted = 'P-Asserted-Identity: "Bob B." <sip:1002@pbx.example>';

  for (const [name, isTrusted, headers, expected] of [
    ['From, where nothing else is said', true, [], 'From "Bob" <sip:bob@example.org>;tag=1'],
    [
      'what a trusted network asserts',
      true,
      [asserted],
      'P-Asserted-Identity "Bob B." <sip:1002@pbx.example>',
    ],
    ['not what a stranger asserts', false, [asserted], 'From "Bob" <sip:bob@example.org>;tag=1'],
    [
      'of a number and an address the address',
      true,
      ['P-Asserted-Identity: <tel:+12015550123>, <sip:bob@pbx.example>'],
      'P-Asserted-Identity <sip:bob@pbx.example>',
    ],
    [
      'a number where there is nothing else',
      true,
      ['P-Asserted-Identity: tel:+12015550123'],
      'P-Asserted-Identity <tel:+12015550123>',
    ],
    [
      'nonsense is passed over',
      true,
      ['P-Asserted-Identity: <mailto:x>'],
      'From "Bob" <sip:bob@example.org>;tag=1',
    ],
    [
      'Privacy: id',
      true,
      [asserted, 'Privacy: id;critical'],
      'P-Asserted-Identity "Bob B." <sip:1002@pbx.example> private',
    ],
    [
      'Remote-Party-ID of the caller',
      true,
      [
        'Remote-Party-ID: <sip:9@x>;party=called',
        'Remote-Party-ID: "R" <sip:7@x>;party=calling;privacy=full',
      ],
      'Remote-Party-ID "R" <sip:7@x>;party=calling;privacy=full private',
    ],
    [
      'an anonymous From',
      true,
      ['From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag=1'],
      'From "Anonymous" <sip:anonymous@anonymous.invalid>;tag=1 private',
    ],
    [
      'an anonymous From that the network names',
      true,
      ['From: <sip:anonymous@anonymous.invalid>;tag=1', asserted],
      'P-Asserted-Identity "Bob B." <sip:1002@pbx.example>',
    ],
    ['nothing that can be read', true, ['From: <'], undefined],
  ] as const) {
    test(name, () => {
      expect(shown(isTrusted, ...headers)).toBe(expected);
    });
  }
});

describe('who passed the call on', () => {
  const read = (...headers: readonly string[]) =>
    diversionsOf(invite(...headers)).map(({ address, reason }) => [address.uri.user, reason]);

  test('Diversion (RFC 5806), the last one first', () => {
    expect(
      read(
        'Diversion: <sip:b@x>;reason=user-busy;counter=1, "A, B" <sip:a@x>;reason="unconditional"',
        'Diversion: <',
      ),
    ).toEqual([
      ['b', 'user-busy'],
      ['a', 'unconditional'],
    ]);
  });

  test('History-Info (RFC 7044): all but the last entry, with the cause in its URI', () => {
    expect(
      read(
        'History-Info: <sip:a@x?Reason=SIP%3Bcause%3D302>;index=1, <sip:b@x?Reason=SIP%3Bcause%3D486>;index=1.1',
        'History-Info: <sip:c@x>;index=1.1.1',
      ),
    ).toEqual([
      ['b', '486'],
      ['a', '302'],
    ]);
  });

  test('nobody', () => {
    expect(read()).toEqual([]);
  });
});
