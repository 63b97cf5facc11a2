import { createHandset, type Call, type Handset } from '@soft-handset/handset';

/** A telephone of a line of text and two buttons. */
export async function showPhone(root: HTMLElement, server: string, username: string): Promise<Handset> {
  const handset = await createHandset({ server, account: { username } });
  const words = root.appendChild(document.createElement('p'));
  const answer = root.appendChild(document.createElement('button'));
  const end = root.appendChild(document.createElement('button'));
  answer.textContent = 'Answer';
  end.textContent = 'End';

  let call: Call | undefined;
  answer.onclick = () => call?.answer().catch(say);
  end.onclick = () => call?.hangup().catch(say);
  const say = (error: Error): void => void (words.textContent = error.message);

  handset.on('registration', ({ state, reason }) => (words.textContent = reason ?? state));
  handset.on('calls', ({ calls }) => {
    call = calls.at(-1);
    words.textContent = call ? `${call.remote.number}: ${call.state}` : 'No call';
  });
  return handset;
}
