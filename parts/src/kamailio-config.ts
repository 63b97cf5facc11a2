/** What decides the text of the configuration. */
export interface KamailioConfig {
  readonly port: number;
  readonly modulesPath: string;
  readonly realm: string;
  readonly algorithm: 'MD5' | 'SHA-256';
  /** User name to password. */
  readonly users: Readonly<Record<string, string>>;
  /** User part to SIP URI, for peers that do not register. */
  readonly routes: Readonly<Record<string, string>>;
  /** Whether a known user's INVITE is challenged too (407). */
  readonly challengesCalls: boolean;
  readonly children: number;
  /** The shortest registration that is accepted, in seconds. */
  readonly minExpires: number;
  /** TLS at the next port (RFC 3261 §19.1.2), with a certificate in these files. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** WebSockets too: at the TCP port, and where there is TLS over that (RFC 7118). */
  readonly webSocket: boolean;
  /** The control port of an rtpengine that stands between phones in browsers and those of plain RTP. */
  readonly rtpengine?: number | undefined;
}

/**
 * A registrar and proxy as a small PBX has it: digest without a database, registrations in memory,
 * Record-Route, and the way back over the connection that a phone has opened.
 */
export function kamailioConfig(config: KamailioConfig): string {
  return [globals(config), modules(config), tables(config), routing(config)].join('\n');
}

function globals({ port, children, realm, tls, webSocket }: KamailioConfig): string {
  return `#!KAMAILIO
debug=1
log_stderror=yes
fork=yes
children=${children}
tcp_children=1
auto_aliases=no
tcp_connection_lifetime=3605
dns=no
rev_dns=no
listen=udp:127.0.0.1:${port}
listen=tcp:127.0.0.1:${port}
${tls ? `enable_tls=yes\nlisten=tls:127.0.0.1:${port + 1}\n` : ''}${webSocket ? 'tcp_accept_no_cl=yes\n' : ''}alias="${realm}"
`;
}

function modules({ modulesPath, algorithm, minExpires, tls, webSocket, rtpengine }: KamailioConfig): string {
  const names = ['tm', 'tmx', 'sl', 'rr', 'pv', 'maxfwd', 'usrloc', 'registrar', 'textops', 'siputils'];
  const loaded = [
    ...(tls ? ['tls'] : []),
    ...(webSocket ? ['xhttp', 'websocket'] : []),
    ...names,
    'auth',
    'htable',
    'nathelper',
    'xlog',
    'kex',
    ...(rtpengine === undefined ? [] : ['rtpengine']),
  ];
  return `mpath="${modulesPath}"
${loaded.map((name) => `loadmodule "${name}.so"`).join('\n')}
${rtpengine === undefined ? '' : `modparam("rtpengine", "rtpengine_sock", "udp:127.0.0.1:${rtpengine}")\nmodparam("rtpengine", "rtpengine_disable_tout", 1)\n`}modparam("usrloc", "db_mode", 0)
modparam("registrar", "min_expires", ${minExpires})
modparam("registrar", "max_contacts", 10)
modparam("nathelper", "received_avp", "$avp(received)")
modparam("registrar", "received_avp", "$avp(received)")
modparam("auth", "algorithm", "${algorithm}")
modparam("auth", "nonce_expire", 300)
modparam("auth", "qop", "auth")
modparam("rr", "enable_full_lr", 1)
modparam("htable", "htable", "users=>size=8;")
modparam("htable", "htable", "routes=>size=4;")
${
  tls
    ? `modparam("tls", "tls_method", "TLSv1.2+")
modparam("tls", "certificate", ${quoted(tls.certFile)})
modparam("tls", "private_key", ${quoted(tls.keyFile)})
modparam("tls", "verify_certificate", 0)
modparam("tls", "require_certificate", 0)
`
    : ''
}`;
}

function tables({ users, routes }: KamailioConfig): string {
  const rows = [
    ...Object.entries(users).map(([user, password]) => `\t$sht(users=>${user}) = ${quoted(password)};`),
    ...Object.entries(routes).map(([user, uri]) => `\t$sht(routes=>${user}) = ${quoted(uri)};`),
  ];
  return `event_route[htable:mod-init] {\n${rows.join('\n')}\n\treturn;\n}\n`;
}

function routing({ realm, challengesCalls, webSocket, rtpengine }: KamailioConfig): string {
  const media = rtpengine === undefined ? '' : 'route(MEDIA);';
  const mediaOfAnswer =
    rtpengine === undefined ? '' : 'if (has_body("application/sdp")) route(MEDIA_OF_ANSWER);';
  return `request_route {
	if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
	if (is_method("OPTIONS") && uri == myself && $rU == $null) { sl_send_reply("200", "OK"); exit; }
	if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
	if (!is_method("ACK")) { if (t_precheck_trans()) { t_check_trans(); exit; } t_check_trans(); }
	if (proto != UDP) force_rport();

	if (has_totag()) {
		if (loose_route()) {
			handle_ruri_alias();
			if (proto != UDP && is_method("INVITE|UPDATE")) add_contact_alias();
			if (is_method("INVITE|UPDATE")) t_on_reply("ANSWER");
			${media}
			t_relay();
			exit;
		}
		if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
		sl_send_reply("404", "Not here"); exit;
	}
	remove_hf("Route");
	if (is_method("REGISTER")) route(REGISTER);
	if (is_method("INVITE|SUBSCRIBE|REFER")) record_route();
	if (proto != UDP) add_contact_alias();
	${challengesCalls ? 'if (is_method("INVITE|MESSAGE") && $sht(users=>$fU) != $null) route(CHALLENGE);' : ''}
	route(FIND);
}

route[REGISTER] {
	if ($sht(users=>$tU) == $null) { sl_send_reply("404", "No such user"); exit; }
	if ($au == $null) { www_challenge("${realm}", "1"); exit; }
	if (!pv_www_authenticate("${realm}", "$sht(users=>$au)", "0") || $au != $tU) {
		www_challenge("${realm}", "1"); exit;
	}
	if (proto != UDP) fix_nated_register();
	if (!save("location")) { sl_reply_error(); exit; }
	xlog("L_ERR", "registered $tU at $ct\\n");
	exit;
}

route[CHALLENGE] {
	if ($au == $null) { proxy_challenge("${realm}", "1"); exit; }
	if (!pv_proxy_authenticate("${realm}", "$sht(users=>$au)", "0")) { proxy_challenge("${realm}", "1"); exit; }
	consume_credentials();
}

route[FIND] {
	if (uri == myself) {
		if (lookup("location")) { ${media} t_on_reply("ANSWER"); t_relay(); exit; }
		if ($sht(routes=>$rU) != $null) { $ru = $sht(routes=>$rU); ${media} t_on_reply("ANSWER"); t_relay(); exit; }
		if ($sht(users=>$rU) != $null) { t_newtran(); t_reply("480", "Temporarily Unavailable"); exit; }
		t_newtran(); t_reply("404", "Not Found"); exit;
	}
	t_on_reply("ANSWER");
	t_relay();
	exit;
}

onreply_route[ANSWER] {
	if (proto != UDP) add_contact_alias();
	${mediaOfAnswer}
}
${webSocket ? webSocketRoute : ''}${rtpengine === undefined ? '' : mediaRoutes}`;
}

/** Browsers take DTLS-SRTP with ICE only (RFC 8827), the others plain RTP: each hears its own, whoever has offered. */
const mediaRoutes = `
route[MEDIA] {
	$avp(fromws) = 0;
	if (proto == WS || proto == WSS) $avp(fromws) = 1;
	$avp(tows) = 0;
	if ($ru =~ "transport=ws") $avp(tows) = 1;
	if ($avp(fromws) == $avp(tows)) return;
	if ($avp(tows) == 1) rtpengine_manage("replace-origin ICE=force UDP/TLS/RTP/SAVPF rtcp-mux-offer SDES-off");
	else rtpengine_manage("replace-origin ICE=remove RTP/AVP rtcp-mux-demux DTLS=off SDES-off");
}

route[MEDIA_OF_ANSWER] {
	if ($avp(fromws) == $avp(tows)) return;
	if ($avp(fromws) == 1) rtpengine_manage("replace-origin ICE=force UDP/TLS/RTP/SAVPF rtcp-mux-offer SDES-off");
	else rtpengine_manage("replace-origin ICE=remove RTP/AVP rtcp-mux-demux DTLS=off SDES-off");
}
`;

const webSocketRoute = `
event_route[xhttp:request] {
	set_reply_close();
	set_reply_no_connect();
	if ($hdr(Upgrade) =~ "websocket" && ws_handle_handshake()) exit;
	xhttp_reply("404", "Not Found", "", "");
}
`;

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, (char) => `\\${char}`)}"`;
}
