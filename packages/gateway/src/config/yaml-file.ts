import { isMap, isNode, isPair, LineCounter, parseDocument, type Document } from 'yaml';
import { ConfigError } from './config-error.ts';

/** A YAML text as plain data, and where in it things stand. */
export interface YamlFile {
  readonly value: unknown;
  /** `file:line` of the key at this path, or of the nearest thing around it. */
  placeOf(path: readonly PropertyKey[]): string;
}

/**
 * Reads YAML. `${NAME}` in a value stands for an environment variable, so that secrets need not be in the file.
 * @throws ConfigError for what is no YAML, or names a variable that is not set
 */
export function parseYaml(name: string, text: string, env: NodeJS.ProcessEnv): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [fault] = document.errors;
  if (fault) throw new ConfigError([`${name}:${lines.linePos(fault.pos[0]).line}: ${fault.message}`]);
  const placeOf = (path: readonly PropertyKey[]): string => {
    const offset = offsetOf(document, path);
    return offset === undefined ? name : `${name}:${lines.linePos(offset).line}`;
  };
  const missing: string[] = [];
  const value = filledIn(plain(document), env, [], (variable, path) =>
    missing.push(`${placeOf(path)}: ${path.join('.')}: the environment variable ${variable} is not set`),
  );
  if (missing.length > 0) throw new ConfigError(missing);
  return { value, placeOf };
}

function plain(document: Document.Parsed): unknown {
  // An alias bomb throws here; 100 is far more than a configuration needs.
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (cause) {
    throw new ConfigError(['the configuration file uses too many aliases'], { cause });
  }
}

function filledIn(
  value: unknown,
  env: NodeJS.ProcessEnv,
  path: readonly (string | number)[],
  missing: (variable: string, path: readonly (string | number)[]) => void,
): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, variable: string) => {
      const found = env[variable];
      if (found === undefined) missing(variable, path);
      return found ?? whole;
    });
  }
  if (Array.isArray(value)) return value.map((item, index) => filledIn(item, env, [...path, index], missing));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, filledIn(item, env, [...path, key], missing)]),
  );
}

/** Where the key (or the list item) at the path begins; shorter paths are tried until one is there. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = document.getIn(path.slice(0, length - 1), true) ?? document.contents;
    const key = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find((item) => isPair(item) && String(item.key) === String(key))
      : undefined;
    const node: unknown = pair ? pair.key : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}
