import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  CallType,
  JanusRequest,
  SipserverRequest,
  SipserverResult,
  janusErrors,
  janusVerbs,
  registrationErrors,
  requestJsep,
  sipserverErrors,
} from '@soft-handset/protocol';

/* docs/protocol.md and the schemas say the same, both ways. */
const document = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');

describe('docs/protocol.md and the schemas', () => {
  test('agree on the verbs of the Janus API, where they belong and what they need', () => {
    const documented = Object.fromEntries(
      table('verb').map(([verb, on, needs]) => [name(verb), { on, needs: names(needs) }]),
    );

    const defined = Object.fromEntries(
      JanusRequest.options.map(({ entries }) => {
        const verb = entries.janus.literal;
        return [
          verb,
          {
            on: janusVerbs[verb],
            needs: fields(entries, ['janus', 'transaction', 'token', 'apisecret', 'session_id', 'handle_id']),
          },
        ];
      }),
    );

    expect(documented).toEqual(defined);
  });

  test('agree on the requests, their fields and their JSEP', () => {
    const documented = Object.fromEntries(
      table('request').map(([request, jsep, needs]) => [name(request), { jsep, needs: names(needs) }]),
    );

    const defined = Object.fromEntries(
      SipserverRequest.options.map(({ entries }) => [
        entries.request.literal,
        { jsep: requestJsep[entries.request.literal], needs: fields(entries, ['request']) },
      ]),
    );

    expect(documented).toEqual(defined);
  });

  test('agree on the events and their fields', () => {
    const documented = Object.fromEntries(
      table('event').map(([event, needs]) => [name(event), names(needs)]),
    );

    const defined = Object.fromEntries(
      SipserverResult.options.map(({ entries }) => [entries.event.literal, fields(entries, ['event'])]),
    );

    expect(documented).toEqual(defined);
  });

  test('agree on every error number', () => {
    const documented = table('code').map(([code, meaning]) => [name(meaning), Number(code)]);

    const defined = [janusErrors, registrationErrors, sipserverErrors].flatMap((codes) =>
      Object.entries(codes),
    );

    expect(documented.sort()).toEqual(defined.sort());
  });

  test('agree on the types of calls', () => {
    const sentence = /`incomingcall\.type`: ([^.]*)\./.exec(document)?.[1];

    expect(names(sentence)).toEqual([...CallType.options].sort());
  });

  test('agree that every event in a flow exists', () => {
    const flow = /```text\n([\s\S]*?)```/.exec(document)?.[1] ?? '';
    const heard = [...flow.matchAll(/R:(\w+)/g)].map(([, event]) => event);
    const sent = [...flow.matchAll(/S:(\w+)/g)].map(([, request]) => request);

    expect(heard.length).toBeGreaterThan(10);
    expect(SipserverResult.options.map(({ entries }) => entries.event.literal as string)).toEqual(
      expect.arrayContaining(heard),
    );
    expect(SipserverRequest.options.map(({ entries }) => entries.request.literal as string)).toEqual(
      expect.arrayContaining(sent),
    );
  });
});

/** Rows of every table whose first heading is `heading`. */
function table(heading: string): string[][] {
  const rows: string[][] = [];
  let within = false;
  for (const line of document.split('\n')) {
    if (!line.startsWith('|')) {
      within = false;
      continue;
    }
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (cells[0] === heading) within = true;
    else if (within && !cells[0]?.startsWith('---')) rows.push(cells);
  }
  expect(rows.length).toBeGreaterThan(0);
  return rows;
}

function name(cell: string | undefined): string {
  return names(cell)[0] ?? '';
}

/** `` `uri`, `video?` `` as a sorted list; the question mark stays. */
function names(cell: string | undefined): string[] {
  return [...(cell ?? '').matchAll(/`([\w?-]+)`/g)].map(([, word]) => word ?? '').sort();
}

function fields(entries: Record<string, { readonly type: string }>, without: readonly string[]): string[] {
  return Object.entries(entries)
    .filter(([field]) => !without.includes(field))
    .map(([field, { type }]) => (type === 'optional' ? `${field}?` : field))
    .sort();
}
