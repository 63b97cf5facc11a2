/* Names only: a browser that attaches needs no schema for it. */

export const sipserverPlugin = 'janus.plugin.sipserver';
/** The name under which pages of the stock SIP plugin attach. */
export const stockSipPlugin = 'janus.plugin.sip';
