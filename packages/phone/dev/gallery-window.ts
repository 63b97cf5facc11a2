import type { SoftHandset } from '../src/index.ts';
import type { FakeHandler } from './fake-handler.ts';

declare global {
  interface Window {
    /** Set once the scene stands; tests reach the fake through it. */
    gallery?: { element: SoftHandset; handler: () => FakeHandler };
  }
}
