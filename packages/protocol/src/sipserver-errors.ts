/** `error_code` of a plugin event: Meetecho's numbers for the SIP plugin. */
export const sipserverErrors = {
  noMessage: 440,
  invalidJson: 441,
  invalidRequest: 442,
  missingElement: 443,
  invalidElement: 444,
  alreadyRegistered: 445,
  invalidAddress: 446,
  wrongState: 447,
  missingSdp: 448,
  sipStack: 449,
  ioError: 450,
  recording: 451,
  tooStrict: 452,
  helper: 453,
  noSuchCallId: 454,
  unknown: 499,
} as const;
export type SipserverErrorCode = (typeof sipserverErrors)[keyof typeof sipserverErrors];

/** `code` of `registration_failed`, where it is not the SIP status of the server behind. */
export const registrationErrors = {
  /** Wrong account name or password. */
  wrongCredentials: 1001,
  /** This account is connected elsewhere. */
  connectedElsewhere: 1002,
  /** Not authorised: a proxy outside the list, own credentials where they are not allowed ... */
  notAuthorised: 1004,
  /** Ours: the one-time link has been used. */
  linkUsed: 1011,
  /** Ours: the one-time link came too late, or is none of this server's; or the login that it made is over. */
  linkExpired: 1012,
  /** The number is registered elsewhere and could not be taken over. */
  registeredElsewhere: 9001,
} as const;
export type RegistrationErrorCode = (typeof registrationErrors)[keyof typeof registrationErrors];
