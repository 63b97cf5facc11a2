import type { HandsetErrorCode } from './soft-handler-types.ts';

export type Language = 'zh-CN' | 'en';
type Texts = Readonly<Record<Language, string>>;

/**
 * One sentence for each code: what is the case, then what to do.
 * `detail` (the server's own words) is used for a code that has no sentence here.
 */
export function messageFor(code: HandsetErrorCode | number, language: Language, detail?: string): string {
  const texts = typeof code === 'string' ? browserFaults[code] : (serverCodes[code] ?? byClass(code, detail));
  return typeof texts === 'string' ? texts : texts[language];
}

/** The browser's language: Chinese or, for all others, English. */
export function browserLanguage(): Language {
  return /^zh\b/i.test(globalThis.navigator.language) ? 'zh-CN' : 'en';
}

function text(zh: string, en: string): Texts {
  return { 'zh-CN': zh, en };
}

const signedInElsewhere = text(
  '这个号码在另一台设备上登录了。',
  'This number is signed in on another device.',
);
const nobodyAnswered = text('没有人接。', 'Nobody answered.');
const lineDown = text('线路现在打不通。', 'The line does not get through now.');
const notTaken = text('对方没有接通。', 'The call was not taken.');
const declined = text('对方拒接。', 'They declined.');

const serverCodes: Readonly<Record<number, Texts>> = {
  1001: text('号码或密码不对。请再输一次。', 'Wrong number or password. Please type it again.'),
  1002: signedInElsewhere,
  1004: text('这个号码没有通话权限。', 'This number may not make calls.'),
  1011: text('这个链接已经用过了。请再取一个。', 'This link has been used. Please get a new one.'),
  1012: text('这个链接已经过期。请再取一个。', 'This link has expired. Please get a new one.'),
  9001: signedInElsewhere,
  404: text('没有这个号码。', 'There is no such number.'),
  408: nobodyAnswered,
  480: nobodyAnswered,
  486: text('对方正忙。', 'They are busy.'),
  487: text('已取消。', 'Cancelled.'),
  488: text('对方的设备不支持这种通话。', 'Their device cannot take this call.'),
  503: lineDown,
  603: declined,
};

const browserFaults: Readonly<Record<HandsetErrorCode, Texts>> = {
  'not-secure': text('请改用安全地址打开。', 'Please open the secure address.'),
  'microphone-refused': text('请允许使用麦克风。', 'Please allow the microphone.'),
  'camera-refused': text('请允许使用摄像头。', 'Please allow the camera.'),
  'no-microphone': text(
    '没有找到麦克风，插上后自动可用。',
    'No microphone found. Plug one in, it works at once.',
  ),
  'no-camera': text('没有找到摄像头，插上后自动可用。', 'No camera found. Plug one in, it works at once.'),
  'device-busy': text(
    '麦克风或摄像头正被别的程序占用。',
    'Another program uses the microphone or the camera.',
  ),
  'screen-refused': text('没有选择要共享的屏幕。', 'No screen was chosen to share.'),
  'sound-blocked': text('点一下页面，声音就会打开。', 'Touch the page once to turn the sound on.'),
  'signalling-lost': text(
    '和服务器的连接断了，正在恢复。',
    'The connection to the server is lost. Coming back.',
  ),
  'not-connected': text('连不上服务器。', 'The server cannot be reached.'),
  'not-registered': text('还没有登录。', 'Not signed in.'),
  'wrong-state': text('现在不能这样做。', 'This is not possible now.'),
  'media-failed': text('声音通道没有建立。', 'The sound connection failed.'),
  timeout: text('服务器没有回应。', 'The server did not reply.'),
  closed: text('软手柄已经关闭。', 'The handset is closed.'),
};

/** RFC 3261 §21: an unknown status means what the x00 of its class means. */
function byClass(code: number, detail: string | undefined): Texts | string {
  if (detail !== undefined && detail !== '') return detail;
  if (code >= 600) return code < 700 ? declined : lineDown;
  return code >= 500 ? lineDown : notTaken;
}
