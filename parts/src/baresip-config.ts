/** Who a baresip is. */
export interface BaresipAccount {
  readonly user: string;
  /** Where it registers; without it, it can be called at its own port. */
  readonly registrar?: {
    readonly port: number;
    readonly password: string;
    readonly transport?: 'udp' | 'tcp';
    /** How long a registration lasts, in seconds. */
    readonly expires?: number;
  };
  /** Otherwise a call rings until it is told to accept. */
  readonly answers?: 'at once' | 'when told';
  /** Best first. */
  readonly codecs?: readonly ('PCMU' | 'PCMA' | 'G722' | 'opus')[];
  /** SRTP with keys in the SDP (RFC 4568): beside plain RTP (RTP/AVP), or nothing else will do (RTP/SAVP). */
  readonly srtp?: 'optional' | 'mandatory';
}

export interface BaresipConfig {
  readonly port: number;
  readonly controlPort: number;
  /** First of the eight it may use. */
  readonly rtpPort: number;
  /** Where the sound of both directions is kept as WAV. */
  readonly recordings: string;
  readonly frequency: number;
}

const modulePath = '/usr/lib/baresip/modules';
/** aubridge stands in for a loudspeaker, sndfile for an ear. */
const modules = ['g711.so', 'g722.so', 'opus.so', 'srtp.so', 'ausine.so', 'aubridge.so', 'sndfile.so'];

export function baresipConfig(config: BaresipConfig): string {
  return [
    'poll_method epoll',
    `sip_listen 127.0.0.1:${config.port}`,
    'net_interface 127.0.0.1',
    'call_local_timeout 60',
    'call_max_calls 10',
    `audio_source ausine,${config.frequency}`,
    'audio_player aubridge,speaker',
    'audio_alert aubridge,alert',
    // ausine makes 48 kHz stereo only; baresip resamples to what the codec wants.
    'ausrc_srate 48000',
    'ausrc_channels 2',
    `rtp_ports ${config.rtpPort}-${config.rtpPort + 8}`,
    'rtcp_mux no',
    'jitter_buffer_delay 1-5',
    `snd_path ${config.recordings}`,
    `ctrl_tcp_listen 127.0.0.1:${config.controlPort}`,
    `module_path ${modulePath}`,
    ...modules.map((name) => `module ${name}`),
    'module_tmp uuid.so',
    'module_tmp account.so',
    'module_app menu.so',
    'module_app ctrl_tcp.so',
    'ring_aufile none',
    'callwaiting_aufile none',
    'ringback_aufile none',
    'notfound_aufile none',
    'busy_aufile none',
    'error_aufile none',
    '',
  ].join('\n');
}

/** As a line of the accounts file. */
export function baresipAccount(account: BaresipAccount, ownPort: number): string {
  const { user, registrar, answers = 'at once', codecs = ['PCMU', 'PCMA'], srtp } = account;
  const parameters = [
    `answermode=${answers === 'at once' ? 'auto' : 'manual'}`,
    `audio_codecs=${codecs.map(codecName).join(',')}`,
    'ptime=20',
    ...(srtp ? [`mediaenc=${srtp === 'optional' ? 'srtp' : 'srtp-mand'}`] : []),
    registrar ? `regint=${registrar.expires ?? 60}` : 'regint=0',
    ...(registrar ? [`auth_user=${user}`, `auth_pass=${registrar.password}`] : []),
  ];
  const transport = registrar?.transport ?? 'udp';
  return `<sip:${user}@127.0.0.1:${registrar?.port ?? ownPort};transport=${transport}>;${parameters.join(';')}`;
}

function codecName(codec: string): string {
  return codec === 'opus' ? 'opus/48000/2' : codec === 'G722' ? 'G722/16000/1' : `${codec}/8000/1`;
}
