/** Someone who may log in to a handset, and the SIP account that stands behind it. */
export interface Account {
  /** What the handset logs in with: the user part of `register`'s `username`. */
  readonly name: string;
  readonly displayName?: string;
  /** The page secret. Never the SIP password. */
  readonly secret?: string;
  /** Nobody is asked for a page secret. */
  readonly open: boolean;
  /** A client at a loopback address that did not come through a proxy is not asked for a page secret. */
  readonly openOnLoopback: boolean;
  /** Its handset may open a second one from elsewhere than this machine too. */
  readonly mayInvite: boolean;
  readonly sip: AccountSip;
}

export interface AccountSip {
  /** `sip:1001@pbx.example` */
  readonly aor: string;
  /** The user name for digest authentication. */
  readonly authUser: string;
  readonly password?: string;
  /** Name of the SIP server in the configuration. */
  readonly server: string;
  /** False: the account calls without a registration (a trunk, or a server that knows us by address). */
  readonly register: boolean;
}

/** A SIP server that handsets may use: the configured list is the whole world they can reach. */
export interface SipServer {
  readonly name: string;
  /** `sip:pbx.example:5060;transport=tcp` */
  readonly uri: string;
  /** Where accounts are registered instead, in this order, while the one before does not take them. */
  readonly backups?: readonly string[];
  /** Accounts are registered at all of them at the same time (RFC 5626). */
  readonly outbound?: boolean;
  /** Whether the INVITE of a return call asks for the peer's offer, or brings one: for a server whose peers take no other. */
  readonly returnCall?: 'offerless' | 'offer';
}
