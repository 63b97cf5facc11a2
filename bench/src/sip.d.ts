/** npm `sip` brings no types; this is the part that is measured. */
declare module 'sip' {
  const sip: { readonly parse: (message: string) => unknown };
  export default sip;
}
