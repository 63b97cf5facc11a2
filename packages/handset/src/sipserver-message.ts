import { Jsep, SipserverData, type SipserverResult } from '@soft-handset/protocol';

/** What the plugin says, checked. */
export type SipserverMessage =
  | {
      readonly kind: 'event';
      readonly callId: string | undefined;
      readonly event: SipserverResult;
      readonly jsep: Jsep | undefined;
    }
  | {
      readonly kind: 'error';
      readonly callId: string | undefined;
      readonly code: number;
      readonly text: string;
    };

/** Undefined for what this version does not know. */
export function readSipserverMessage(data: unknown, jsep: unknown): SipserverMessage | undefined {
  const parsed = validate(SipserverData, data);
  if (parsed === undefined) return undefined;
  const callId = parsed.call_id;
  if ('error_code' in parsed) return { kind: 'error', callId, code: parsed.error_code, text: parsed.error };
  return { kind: 'event', callId, event: parsed.result, jsep: validate(Jsep, jsep) };
}

/** A schema by its standard door (https://standardschema.dev), which spares the bundle the library's own. */
function validate<T>(schema: StandardSchema<T>, input: unknown): T | undefined {
  const result = schema['~standard'].validate(input);
  return result instanceof Promise || result.issues !== undefined ? undefined : result.value;
}

interface StandardSchema<T> {
  readonly '~standard': {
    validate(input: unknown): StandardResult<T> | Promise<StandardResult<T>>;
  };
}
type StandardResult<T> =
  { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly unknown[] };
