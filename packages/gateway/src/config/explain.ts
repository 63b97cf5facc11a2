import type * as v from 'valibot';
import { ConfigFile, isSecretPath } from './config-schema.ts';

/** What the schema has found, as places and sentences: the key, what was expected and, unless it is secret, what stands there. */
export function explain(
  issue: v.BaseIssue<unknown>,
  around: readonly PropertyKey[] = [],
): readonly { readonly path: readonly PropertyKey[]; readonly text: string }[] {
  const path = [...around, ...(issue.path ?? []).map(({ key }) => key as PropertyKey)];
  // Where one of several shapes was possible, the faults inside the nearest one say more than that none fitted.
  const inside = issue.issues?.filter((inner) => inner.path !== undefined) ?? [];
  if (inside.length > 0) return inside.flatMap((inner) => explain(inner, path));
  return [{ path, text: `${path.map(String).join('.') || 'the file'}: ${sentence(issue, path)}` }];
}

function sentence(issue: v.BaseIssue<unknown>, path: readonly PropertyKey[]): string {
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const near = nearest(String(path.at(-1)), keysAt(path.slice(0, -1)));
    return near === undefined ? 'unknown key' : `unknown key, did you mean "${near}"?`;
  }
  if (issue.input === undefined) return 'missing';
  const shown = isSecretPath(path) ? '' : `, got ${show(issue.input)}`;
  return `expected ${expected(issue)}${shown}`;
}

/** Names in words what the schema wants. Messages written for a check are taken as they are. */
function expected(issue: v.BaseIssue<unknown>): string {
  const range = { min_value: 'at least', max_value: 'at most' }[issue.type];
  if (range !== undefined) return `${range} ${String(issue.requirement)}`;
  if (issue.type === 'regex' || issue.type === 'check') return issue.message;
  if (issue.type === 'integer') return 'a whole number';
  if (issue.type === 'non_empty') return 'a text that is not empty';
  const choices = (issue.expected ?? 'something else').replace(/^\((.*)\)$/, '$1').split(' | ');
  return choices.map((choice) => names[choice] ?? choice).join(' or ');
}

const names: Readonly<Record<string, string>> = {
  Array: 'a list',
  Object: 'a map of keys',
  string: 'a text',
  boolean: 'true or false',
  number: 'a number',
};

function show(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'a map of keys';
  return JSON.stringify(value).slice(0, 60);
}

/** The keys that the schema knows at a place. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  let schema: unknown = ConfigFile;
  for (const key of path) {
    const { entries, item } = unwrapped(schema);
    schema = entries?.[String(key)] ?? item;
  }
  return Object.keys(unwrapped(schema).entries ?? {});
}

interface Shape {
  readonly entries?: Readonly<Record<string, unknown>>;
  readonly item?: unknown;
  readonly wrapped?: unknown;
  readonly options?: readonly unknown[];
}

/** Through `optional` and to the last choice of a union, which is the one with keys. */
function unwrapped(schema: unknown): Shape {
  const shape = (schema ?? {}) as Shape;
  const inner = shape.wrapped ?? shape.options?.at(-1);
  return inner === undefined ? shape : unwrapped(inner);
}

function nearest(word: string, known: readonly string[]): string | undefined {
  const limit = Math.max(2, Math.floor(word.length / 3));
  const ranked = known
    .map((name) => ({ name, far: distance(word.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  return ranked[0] && ranked[0].far <= limit ? ranked[0].name : undefined;
}

/** Edits from one word to the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const kept = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(kept, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
