import type { Call, Handset } from '@soft-handset/handset';
import { defineComponent, h, onScopeDispose, shallowRef, type ShallowRef } from 'vue';

/** The calls that are not over. A call must not be made reactive: its streams and connections are the browser's. */
export function useCalls(handset: Handset): Readonly<ShallowRef<readonly Call[]>> {
  const calls = shallowRef(handset.calls);
  onScopeDispose(handset.on('calls', (now) => (calls.value = [...now.calls])));
  return calls;
}

export const phoneOf = (handset: Handset) =>
  defineComponent(() => {
    const calls = useCalls(handset);
    return () =>
      h(
        'ul',
        calls.value.map((call) =>
          h('li', { key: call.id }, [
            `${call.remote.number}: ${call.state} `,
            call.state === 'ringing-in' && h('button', { onClick: () => call.answer() }, 'Answer'),
            h('button', { onClick: () => call.hangup() }, 'End'),
          ]),
        ),
      );
  });
