import type { SipserverResult } from '@soft-handset/protocol';
import type { SipEvent } from './janus-handler.ts';

/** What one part of the handset does about the events that are its matter. */
export type SipEventHandlers = {
  readonly [N in SipserverResult['event']]?: (
    event: Extract<SipserverResult, { event: N }>,
    message: SipEvent,
  ) => void;
};

export function dispatch(handlers: SipEventHandlers, message: SipEvent): void {
  // TypeScript does not see that the name picks the handler of the event's own type.
  const handle = handlers[message.event.event] as
    ((event: SipserverResult, message: SipEvent) => void) | undefined;
  handle?.(message.event, message);
}
