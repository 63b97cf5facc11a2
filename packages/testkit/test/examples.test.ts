// @vitest-environment happy-dom
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHandset, type Handset } from '@soft-handset/handset';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, expect, test } from 'vitest';
import { createApp } from 'vue';
import { createTestkit, type Testkit } from '../src/index.ts';
import { showPhone } from './examples/plain.ts';
import { Phone } from './examples/react.ts';
import './examples/test-kit.ts';
import { phoneOf } from './examples/vue.ts';

/* The examples of docs/sdk.md, each run as a page would run it: a phone calls, it is answered and ended by its buttons. */

let open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.reverse()) await close();
  open = [];
  document.body.replaceChildren();
});

function newKit(): { readonly kit: Testkit; readonly root: HTMLElement } {
  const kit = createTestkit();
  open.push(() => kit.close());
  const root = document.createElement('main');
  document.body.append(root);
  return { kit, root };
}

async function registered(kit: Testkit): Promise<Handset> {
  const handset = await createHandset({ server: kit.url, account: { username: '1001' } });
  open.push(() => handset.destroy());
  return handset;
}

/** What a person does: waits for the caller, presses Answer, presses End. */
async function isUsed(kit: Testkit, root: HTMLElement): Promise<void> {
  const button = (name: string) =>
    [...root.querySelectorAll('button')].find(({ textContent }) => textContent === name);
  const call = kit.phone('6001').calls('1001');
  await expect.poll(() => root.textContent).toContain('6001: ringing-in');
  button('Answer')?.click();
  await call.isAnswered();
  await expect.poll(() => root.textContent).toContain('6001: active');
  button('End')?.click();
  await call.hasEnded();
  await expect.poll(() => root.textContent).not.toContain('6001');
}

async function untilRegistered(handset: Handset): Promise<void> {
  await expect.poll(() => handset.registration).toBe('registered');
}

test('plain script', async () => {
  const { kit, root } = newKit();
  const handset = await showPhone(root, kit.url, '1001');
  open.push(() => handset.destroy());
  await untilRegistered(handset);

  await isUsed(kit, root);
});

test('React', async () => {
  const { kit, root } = newKit();
  const handset = await registered(kit);
  const react = createRoot(root);
  react.render(createElement(Phone, { handset }));
  open.push(() => Promise.resolve(react.unmount()));
  await untilRegistered(handset);

  await isUsed(kit, root);
});

test('Vue', async () => {
  const { kit, root } = newKit();
  const handset = await registered(kit);
  const app = createApp(phoneOf(handset));
  app.mount(root);
  open.push(() => Promise.resolve(app.unmount()));
  await untilRegistered(handset);

  await isUsed(kit, root);
});

for (const guide of ['sdk.md', 'sdk.zh-CN.md']) {
  test.each(['plain', 'react', 'vue', 'test-kit'])(`${guide} shows the example %s as it is run`, (name) => {
    const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8');
    const example = read(`examples/${name}.ts`);

    expect(read(`../../../docs/${guide}`)).toContain(`\`\`\`ts\n${example}\`\`\``);
  });
}
