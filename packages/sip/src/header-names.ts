/** RFC 3261 §20 and its extensions: the names in their usual spelling; the compact form where there is one (§7.3.3). */
const known: readonly (readonly [name: string, compact?: string])[] = [
  ['Accept'],
  ['Accept-Contact', 'a'],
  ['Accept-Encoding'],
  ['Accept-Language'],
  ['Alert-Info'],
  ['Allow'],
  ['Allow-Events', 'u'],
  ['Answer-Mode'],
  ['Authentication-Info'],
  ['Authorization'],
  ['Call-ID', 'i'],
  ['Call-Info'],
  ['Contact', 'm'],
  ['Content-Disposition'],
  ['Content-Encoding', 'e'],
  ['Content-Language'],
  ['Content-Length', 'l'],
  ['Content-Type', 'c'],
  ['CSeq'],
  ['Date'],
  ['Diversion'],
  ['Error-Info'],
  ['Event', 'o'],
  ['Expires'],
  ['Flow-Timer'],
  ['From', 'f'],
  ['History-Info'],
  ['Identity', 'y'],
  ['In-Reply-To'],
  ['Max-Forwards'],
  ['Min-Expires'],
  ['Min-SE'],
  ['MIME-Version'],
  ['Organization'],
  ['P-Asserted-Identity'],
  ['P-Preferred-Identity'],
  ['Path'],
  ['Priority'],
  ['Privacy'],
  ['Proxy-Authenticate'],
  ['Proxy-Authorization'],
  ['Proxy-Require'],
  ['RAck'],
  ['Reason'],
  ['Record-Route'],
  ['Recv-Info'],
  ['Refer-To', 'r'],
  ['Referred-By', 'b'],
  ['Reject-Contact', 'j'],
  ['Replaces'],
  ['Reply-To'],
  ['Request-Disposition', 'd'],
  ['Require'],
  ['Retry-After'],
  ['Route'],
  ['RSeq'],
  ['Server'],
  ['Service-Route'],
  ['Session-Expires', 'x'],
  ['SIP-ETag'],
  ['SIP-If-Match'],
  ['Subject', 's'],
  ['Subscription-State'],
  ['Supported', 'k'],
  ['Timestamp'],
  ['To', 't'],
  ['Unsupported'],
  ['User-Agent'],
  ['Via', 'v'],
  ['Warning'],
  ['WWW-Authenticate'],
];

/** Only these are comma lists by their grammar; a comma in any other header is text (RFC 3261 §7.3.1). */
const lists = new Set(
  (
    'accept accept-contact accept-encoding accept-language alert-info allow allow-events call-info contact content-encoding content-language ' +
    'diversion error-info history-info in-reply-to p-asserted-identity p-preferred-identity path proxy-require reason record-route ' +
    'recv-info reject-contact request-disposition require route service-route supported unsupported via warning'
  ).split(' '),
);

/** A name by which headers are compared, and how it is usually written. */
export interface HeaderName {
  readonly key: string;
  readonly spelling: string;
}

const names = new Map<string, HeaderName>();
for (const [spelling, compact] of known) {
  const key = spelling.toLowerCase();
  const name = { key, spelling };
  names.set(spelling, name).set(key, name);
  if (compact) names.set(compact, name).set(compact.toUpperCase(), name);
}

/** Key and usual spelling of a known name, in whatever case or form; an unknown one is spelt as given. */
export function headerName(given: string): HeaderName {
  const direct = names.get(given);
  if (direct) return direct;
  const key = given.toLowerCase();
  return names.get(key) ?? { key, spelling: given };
}

/** The name by which headers are compared: lower case, long form. */
export function headerKey(name: string): string {
  return headerName(name).key;
}

export function isListHeader(key: string): boolean {
  return lists.has(key);
}
