import type { Code } from '../call-record.ts';
import { refusalWords } from '../ending.ts';
import type { EndingWords } from '../ending.ts';
import type { Messages } from '../i18n/messages.ts';

/** What is the case, what to do: for something in a call that came to nothing while the call goes on. */
export function problemText(code: Code, t: Messages): [string, string] {
  const words = refusalWords(code);
  if (words === 'lineDown') return [t.call.mediaProblem, ''];
  const inCall: Partial<Record<EndingWords, [string, string]>> = t.problem;
  return inCall[words] ?? t.why[words];
}
