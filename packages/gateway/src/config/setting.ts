/** One value that was given outside the file, and where: `--https-port`, `SOFT_HANDSET_HTTPS_PORT`. */
export interface Setting {
  /** `listen.httpsPort` */
  readonly path: string;
  readonly value: unknown;
  readonly from: string;
}
