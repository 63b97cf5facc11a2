/** A call of an account, from that address. */
export interface Admitted {
  readonly caller: string;
  /** The call is over. */
  readonly ended: () => void;
}
