import Janus from './janus.es.js';

/*
 * A page by somebody who knows Meetecho's janus.js and the founding document, and nothing of our SDK.
 * Its functions are called by the test as buttons would call them.
 */

/** What the plugin said. */
const heard = [];
let sipcall;
/** The offer of the call that rings. */
let incoming;
let wanted = { video: false };

function open(server) {
  return new Promise((resolve, reject) => {
    const dependencies = Janus.useDefaultDependencies({ adapter: window.adapter });
    Janus.init({ debug: false, dependencies, callback: () => connect(server, resolve, reject) });
  });
}

function connect(server, success, error) {
  const janus = new Janus({
    server,
    error,
    success: () =>
      janus.attach({
        plugin: 'janus.plugin.sipserver',
        error,
        success: (handle) => {
          sipcall = handle;
          success();
        },
        onmessage,
        onremotetrack: (track, mid, on) => {
          if (on && track.kind === 'video') show(track);
        },
      }),
  });
}

function onmessage(message, jsep) {
  const { event, code } = message.result ?? { event: 'error', code: message.error_code };
  heard.push({ ...message.result, event, code });
  if (event === 'incomingcall') incoming = jsep;
  if (event === 'new_accepted') answer('new_accept', jsep);
  if ((event === 'progress' || event === 'accepted' || event === 'accept_reply') && jsep)
    sipcall.handleRemoteJsep({ jsep });
  if (event === 'hangup' || event === 'hangingup') sipcall.hangup();
}

function tracks() {
  const audio = { type: 'audio', capture: true, recv: true };
  const video = { type: 'video', capture: true, recv: true };
  return wanted.video ? [audio, video] : [audio];
}

function answer(request, jsep) {
  sipcall.createAnswer({
    jsep,
    tracks: tracks(),
    success: (ours) => sipcall.send({ message: { request }, jsep: ours }),
  });
}

function show(track) {
  const video = document.createElement('video');
  video.autoplay = true;
  video.muted = true;
  document.querySelector('#remote').append(video);
  Janus.attachMediaStream(video, new window.MediaStream([track]));
}

window.janusPage = {
  heard,
  open,
  register: (username, secret) => sipcall.send({ message: { request: 'register', username, secret } }),
  newCall: (uri, media = {}) => {
    wanted = media;
    sipcall.send({ message: { request: 'new_call', uri } });
  },
  call: (uri, media = {}, more = {}) => {
    wanted = media;
    sipcall.createOffer({
      tracks: tracks(),
      success: (jsep) => sipcall.send({ message: { request: 'call', uri, ...more }, jsep }),
    });
  },
  accept: (media = {}) => {
    wanted = media;
    answer('accept', incoming);
  },
  hangup: () => {
    sipcall.send({ message: { request: 'hangup' } });
    sipcall.hangup();
  },
  /** Whatever comes to mind. */
  send: (message, jsep) => sipcall.send({ message, jsep }),
};
