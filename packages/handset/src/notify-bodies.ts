import type { MessagesWaiting } from './handset-types.ts';
import type { ExtensionState } from './watch-types.ts';

/** RFC 3842 §5: `Messages-Waiting: yes`, and a line for each kind of message, `Voice-Message: new/old`. */
export function messagesIn(body: string): MessagesWaiting | undefined {
  const isWaiting = /^Messages-Waiting:\s*(yes|no)\s*$/im.exec(body)?.[1];
  if (isWaiting === undefined) return undefined;
  const [, fresh = 0, old = 0] = /^Voice-Message:\s*(\d+)\s*\/\s*(\d+)/im.exec(body) ?? [];
  const account = /^Message-Account:\s*(\S+)/im.exec(body)?.[1];
  return {
    isWaiting: isWaiting.toLowerCase() === 'yes',
    fresh: Number(fresh),
    old: Number(old),
    ...(account !== undefined && { account }),
  };
}

/** What a body says somebody does; undefined where it says nothing that can be read. */
export function stateIn(contentType: string, body: string): ExtensionState | undefined {
  if (/dialog-info/i.test(contentType)) return dialogState(body);
  if (/pidf/i.test(contentType)) return presenceState(body);
  return undefined;
}

/** RFC 4235 §4.1: dialogs that are confirmed make one busy; one that is early rings. */
function dialogState(body: string): ExtensionState | undefined {
  const document = xml(body);
  if (document === undefined) return undefined;
  const dialogs = elementsIn(document, 'dialog');
  const states = dialogs.map((dialog) => ({
    state: textOf(dialog, 'state'),
    isCalled: dialog.getAttribute('direction') !== 'initiator',
  }));
  if (states.some(({ state }) => state === 'confirmed')) return 'busy';
  const early = states.filter(
    ({ state }) => state === 'early' || state === 'proceeding' || state === 'trying',
  );
  if (early.length === 0) return 'free';
  return early.some(({ isCalled }) => isCalled) ? 'ringing' : 'busy';
}

/** RFC 3863, with the activities of RFC 4480 and what PBXs write into the note. */
function presenceState(body: string): ExtensionState | undefined {
  const document = xml(body);
  if (document === undefined) return undefined;
  if (textOf(document, 'basic') === 'closed') return 'offline';
  const has = (name: string): boolean => elementsIn(document, name).length > 0;
  const note = textOf(document, 'note');
  if (has('on-the-phone') || has('busy') || /phone|busy|call/.test(note)) return 'busy';
  if (/ring/.test(note)) return 'ringing';
  return has('away') || /away/.test(note) ? 'away' : 'free';
}

function xml(body: string): Document | undefined {
  const document = new DOMParser().parseFromString(body, 'application/xml');
  return document.getElementsByTagName('parsererror').length > 0 ? undefined : document;
}

function textOf(node: Document | Element, name: string): string {
  return (elementsIn(node, name)[0]?.textContent ?? '').trim().toLowerCase();
}

/** Of whatever namespace: PBXs are not exact about it. */
function elementsIn(node: Document | Element, name: string): Element[] {
  return [...node.getElementsByTagName('*')].filter(({ localName }) => localName === name);
}
