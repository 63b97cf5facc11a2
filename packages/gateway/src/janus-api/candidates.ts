import { janusErrors, type Candidate, type JanusRequest } from '@soft-handset/protocol';
import { refusal, type ErrorReply } from './replies.ts';

/** Old clients end their candidates with null; Janus takes that for `completed`. */
export function withoutNullCandidate(input: unknown): unknown {
  const isNull = (input as Record<string, unknown>)['candidate'] === null;
  return isNull ? { ...(input as object), candidate: { completed: true } } : input;
}

/** The candidates of a trickle, one or many. */
export function candidatesOf(
  request: JanusRequest & { readonly janus: 'trickle' },
): readonly Candidate[] | ErrorReply {
  const { candidate, candidates } = request;
  if (candidate && candidates) {
    return refusal(janusErrors.invalidJson, "Can't have both candidate and candidates", request);
  }
  if (candidates) return candidates;
  if (candidate) return [candidate];
  return refusal(janusErrors.missingElement, 'Missing mandatory element (candidate|candidates)', request);
}
