/*
 * Where the page runs: what it may use, and under which address the server is.
 */

/** A phone or tablet: earpiece and loudspeaker, front and back camera. */
export function isHandheld({
  userAgent,
  maxTouchPoints,
}: Pick<Navigator, 'userAgent' | 'maxTouchPoints'>): boolean {
  // iPads call themselves Macs; no Mac has a touch screen.
  return (
    /Android|iPhone|iPad|HarmonyOS|Mobile/i.test(userAgent) || (/Mac/.test(userAgent) && maxTouchPoints > 1)
  );
}

/** The server that the page came from. */
export function serverOf({ protocol, host }: Pick<Location, 'protocol' | 'host'>): string {
  return `${protocol === 'http:' ? 'ws' : 'wss'}://${host}/janus`;
}

/** The same page over https. */
export function secureAddress({ host, pathname }: Pick<Location, 'host' | 'pathname'>): string {
  return `https://${host}${pathname}`;
}

/** What a person types for a server: a host is enough. */
export function completeServer(typed: string, location: Pick<Location, 'protocol' | 'host'>): string {
  const text = typed.trim();
  if (text === '') return serverOf(location);
  if (/^(wss?|https?):\/\//i.test(text)) return text;
  return `wss://${text.replace(/\/+$/, '')}${text.includes('/') ? '' : '/janus'}`;
}
