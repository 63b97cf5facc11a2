import type { SipserverData, SipserverRequest, SipserverResult } from '@soft-handset/protocol';
import type { Note, NoteNews } from '../call/note.ts';
import type { SubscriptionNews, SubscriptionOrder } from '../call/subscriptions.ts';
import type { ToldHeaders } from './events.ts';

export type NoteRequest = Extract<SipserverRequest, { request: 'dtmf_info' | 'info' | 'message' }>;
export type MessageRequest = Extract<SipserverRequest, { request: 'message' }>;

/** What a request says to the peer, as a SIP body. */
export function noteOf(request: NoteRequest): Note {
  const headers =
    'headers' in request && request.headers ? { headers: Object.entries(request.headers) } : undefined;
  switch (request.request) {
    case 'dtmf_info': {
      const content = `Signal=${request.digit}\r\nDuration=${request.duration ?? 160}`;
      return { told: 'dtmfsent', contentType: 'application/dtmf-relay', content };
    }
    case 'info':
      return { told: 'infosent', contentType: request.type, content: request.content, ...headers };
    case 'message': {
      const contentType = request.content_type ?? 'text/plain';
      return { told: 'messagesent', contentType, content: request.content, ...headers };
    }
  }
}

export type SubscribeRequest = Extract<SipserverRequest, { request: 'subscribe' }>;
export type UnsubscribeRequest = Extract<SipserverRequest, { request: 'unsubscribe' }>;

export function subscriptionOf(request: SubscribeRequest, target: string): SubscriptionOrder {
  const { event, accept, subscribe_ttl: expires, headers, call_id: callId } = request;
  return {
    event,
    target,
    ...(accept !== undefined && { accept }),
    ...(expires !== undefined && { expires }),
    ...(headers && { headers: Object.entries(headers) }),
    ...(callId !== undefined && { callId }),
  };
}

export function noteEvent(
  news: NoteNews | SubscriptionNews,
  callId: string | undefined,
  told: ToldHeaders,
): SipserverData {
  return { sip: 'event', ...(callId !== undefined && { call_id: callId }), result: noteResult(news, told) };
}

function noteResult(news: NoteNews | SubscriptionNews, told: ToldHeaders): SipserverResult {
  if (news.event === 'notify') {
    const { contentType, ...facts } = news;
    return { ...facts, 'content-type': contentType, ...told };
  }
  if (news.event === 'info') return { ...news, ...told };
  if (news.event !== 'message') return news;
  const { sender, displayName, contentType, content } = news;
  return {
    event: 'message',
    sender,
    ...(displayName !== undefined && { displayname: displayName }),
    content_type: contentType,
    content,
    ...told,
  };
}
