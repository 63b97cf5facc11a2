// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { createHandset } from '@soft-handset/handset';
import { createTestkit } from '@soft-handset/testkit';

test('a caller is answered, held, and sent to somebody else', async () => {
  const kit = createTestkit({ accounts: ['1001'] });
  const handset = await createHandset({
    server: kit.url,
    account: { username: '1001' },
    autoRegister: false,
  });
  await handset.register();
  const [caller, colleague] = [kit.phone('6001').calls('1001'), kit.phone('6002')];
  await expect.poll(() => handset.calls.length).toBe(1);

  await handset.calls[0]?.answer();
  await handset.calls[0]?.hold();
  await caller.isHeld();
  await handset.calls[0]?.transfer('6002');
  await (await colleague.isCalled()).answers();

  expect((await caller.isTransferred()).state).toBe('talking');
  await kit.close();
});
