import { HandsetError } from './handset-error.ts';
import type { JanusHandler } from './janus-handler.ts';
import type { Extension } from './soft-handler-types.ts';

/** The numbers at the exchange. */
export async function extensionsOf(handler: JanusHandler): Promise<Extension[]> {
  const { event } = await handler.send({ request: 'extensions' });
  if (event.event !== 'extensions') throw HandsetError.of('wrong-state');
  return event.extensions.map(({ number, display_name: displayName, state }) => ({
    number,
    state,
    ...(displayName !== undefined && { displayName }),
  }));
}

/** An account that nobody uses. */
export async function secondHandset(handler: JanusHandler): Promise<{ account: string; token: string }> {
  const { event } = await handler.send({ request: 'second_handset' });
  if (event.event !== 'second_handset') throw HandsetError.of('wrong-state');
  return { account: event.username, token: event.token };
}
