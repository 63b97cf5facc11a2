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

const spelling = new Map<string, string>();
const keys = new Map<string, string>();
for (const [name, compact] of known) {
  const key = name.toLowerCase();
  spelling.set(key, name);
  keys.set(name, key).set(key, key);
  if (compact) keys.set(compact, key).set(compact.toUpperCase(), key);
}

/** The name by which headers are compared: lower case, long form. */
export function headerKey(name: string): string {
  const direct = keys.get(name);
  if (direct !== undefined) return direct;
  const lower = name.toLowerCase();
  return keys.get(lower) ?? lower;
}

/** How the header is written: the usual spelling of a known name, else as given. */
export function headerSpelling(key: string, given: string): string {
  return spelling.get(key) ?? given;
}

export function isListHeader(key: string): boolean {
  return lists.has(key);
}
