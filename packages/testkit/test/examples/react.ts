import type { Call, Handset } from '@soft-handset/handset';
import { createElement as h, useEffect, useState, type ReactElement } from 'react';

/** The calls that are not over; the component is drawn anew whenever one of them changes. */
export function useCalls(handset: Handset): readonly Call[] {
  const [calls, setCalls] = useState(handset.calls);
  useEffect(() => handset.on('calls', (now) => setCalls([...now.calls])), [handset]);
  return calls;
}

export function Phone({ handset }: { readonly handset: Handset }): ReactElement {
  const calls = useCalls(handset);
  return h(
    'ul',
    null,
    calls.map((call) =>
      h(
        'li',
        { key: call.id },
        `${call.remote.number}: ${call.state} `,
        call.state === 'ringing-in' && h('button', { onClick: () => void call.answer() }, 'Answer'),
        h('button', { onClick: () => void call.hangup() }, 'End'),
      ),
    ),
  );
}
