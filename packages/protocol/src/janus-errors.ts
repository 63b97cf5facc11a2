/** Error codes of the Janus core that our server uses; numbers and meanings are Janus's own. */
export const janusErrors = {
  unauthorized: 403,
  tokenUnauthorized: 405,
  unknown: 490,
  missingRequest: 452,
  unknownRequest: 453,
  invalidJson: 454,
  invalidJsonObject: 455,
  missingElement: 456,
  invalidPath: 457,
  sessionNotFound: 458,
  handleNotFound: 459,
  pluginNotFound: 460,
  pluginAttach: 461,
  pluginMessage: 462,
  pluginDetach: 463,
  jsepUnknownType: 464,
  jsepInvalidSdp: 465,
  trickleInvalid: 466,
  invalidElementType: 467,
  sessionConflict: 468,
  unexpectedAnswer: 469,
  tokenNotFound: 470,
  /** Ours: Janus has no number for it. The client asked too much too quickly. */
  tooManyRequests: 429,
} as const;

export type JanusErrorCode = (typeof janusErrors)[keyof typeof janusErrors];
