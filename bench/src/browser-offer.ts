import type { Jsep } from '@soft-handset/protocol';

/**
 * An audio offer as a browser makes it, of a browser that is not there: ICE never completes.
 * So a set-up costs what signalling costs, and the run needs no browser.
 */
export const browserOffer: Jsep = {
  type: 'offer',
  sdp: [
    'v=0',
    'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'a=msid-semantic: WMS bench',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111 0 8 126',
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    'a=ice-ufrag:bnch',
    'a=ice-pwd:4bXyC1oXPqVn6QfyvXhBkGcS',
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${Array.from({ length: 32 }, (_none, index) => (index + 16).toString(16).toUpperCase()).join(':')}`,
    'a=setup:actpass',
    'a=mid:0',
    'a=sendrecv',
    'a=msid:bench bench-audio',
    'a=rtcp-mux',
    'a=rtpmap:111 opus/48000/2',
    'a=fmtp:111 minptime=10;useinbandfec=1',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:126 telephone-event/8000',
    'a=ssrc:1234567890 cname:bench',
    '',
  ].join('\r\n'),
};
