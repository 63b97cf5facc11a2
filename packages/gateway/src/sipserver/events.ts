import { sipserverErrors } from '@soft-handset/protocol';
import type {
  Diverter as WireDiverter,
  ExchangeOffer,
  SipserverData,
  SipserverErrorCode,
  SipserverResult,
} from '@soft-handset/protocol';
import type { CallNews, RefusalCode } from '../call/call-effect.ts';
import type { CallFacts, Diverter, LineNews, Party } from '../call/handset.ts';
import { linkLifeMs } from './one-time-links.ts';
import type { SecondHandsetLink } from './second-handset.ts';

/*
 * What happens, as it stands on the wire: the one place where `call_id` and `register_sent` are spelt so.
 */

/** Where the handset has asked for headers of the peer's messages, and this one has such. */
export interface ToldHeaders {
  readonly headers?: Record<string, string>;
}

export function callEvent(
  callId: string,
  news: CallNews,
  facts: CallFacts,
  told: ToldHeaders,
): SipserverData {
  return { sip: 'event', call_id: callId, result: callResult(news, facts, told) };
}

/** What a line's events say to this handset beside what has happened. */
export interface AboutHandset {
  readonly username: string;
  /** With it the login goes on, where a one-time link began it. */
  readonly loginToken?: string | undefined;
  readonly exchange?: ExchangeOffer | undefined;
}

export function lineEvent(news: LineNews, about: AboutHandset): SipserverData {
  return { sip: 'event', result: lineResult(news, about) };
}

export function errorEvent(code: number, error: string, callId?: string): SipserverData {
  return { sip: 'event', ...(callId !== undefined && { call_id: callId }), error_code: code, error };
}

export function secondHandsetEvent({ account, token }: SecondHandsetLink): SipserverData {
  return {
    sip: 'event',
    result: { event: 'second_handset', username: account, token, expires_in: linkLifeMs / 1000 },
  };
}

export const refusalCodes: Readonly<Record<RefusalCode, SipserverErrorCode>> = {
  'wrong-state': sipserverErrors.wrongState,
  'wrong-jsep': sipserverErrors.invalidElement,
  'bad-sdp': sipserverErrors.invalidElement,
  'change-refused': sipserverErrors.sipStack,
  engine: sipserverErrors.ioError,
  recording: sipserverErrors.recording,
};

function callResult(news: CallNews, facts: CallFacts, told: ToldHeaders): SipserverResult {
  switch (news.event) {
    case 'incomingcall':
      return {
        event: 'incomingcall',
        username: facts.peer,
        ...(facts.displayName !== undefined && { displayname: facts.displayName }),
        ...(facts.callee !== undefined && { callee: facts.callee }),
        audio: facts.audio,
        video: facts.video,
        type: facts.type,
        ...(facts.srtp && { srtp: `sdes_${facts.srtp}` as const }),
        ...(facts.divertedBy && { diverted_by: facts.divertedBy.map(diverterOnWire) }),
        ...(facts.referredBy !== undefined && { referred_by: facts.referredBy }),
        ...(facts.replaces !== undefined && { replaces: facts.replaces }),
        ...told,
      };
    case 'progress':
    case 'new_accepted':
    case 'accepted':
    case 'accept_reply':
      return { event: news.event, username: facts.peer, ...told };
    case 'calling':
    case 'accepting':
    case 'hangingup':
    case 'updating':
    case 'updated':
    case 'holding':
    case 'resuming':
    case 'transferring':
    case 'keyframesent':
      return { event: news.event };
    case 'updatingcall':
      return { event: 'updatingcall', ...(facts.replaces !== undefined && partyOnWire(facts)) };
    case 'transfer':
      return {
        event: 'transfer',
        refer_id: news.referId,
        refer_to: news.referTo,
        ...(news.referredBy !== undefined && { referred_by: news.referredBy }),
        ...(news.replaces !== undefined && { replaces: news.replaces }),
        ...told,
      };
    case 'recordingupdated':
      return { event: news.event, ...(news.files && { files: [...news.files] }) };
    case 'ringing':
      return { event: 'ringing', code: news.code, ...told };
    case 'declining':
      return { event: 'declining', code: news.code };
    case 'hangup':
      return {
        event: 'hangup',
        code: news.code,
        reason: news.reason,
        ...(news.reasonHeader !== undefined && { reason_header: news.reasonHeader }),
        ...told,
      };
  }
}

function diverterOnWire({ reason, ...party }: Diverter): WireDiverter {
  return { ...partyOnWire(party), ...(reason !== undefined && { reason }) };
}

function partyOnWire({ peer, displayName, referredBy }: Party & Pick<CallFacts, 'referredBy'>) {
  return {
    username: peer,
    ...(displayName !== undefined && { displayname: displayName }),
    ...(referredBy !== undefined && { referred_by: referredBy }),
  };
}

function lineResult(news: LineNews, { username, loginToken, exchange }: AboutHandset): SipserverResult {
  switch (news.event) {
    case 'registering':
      return { event: 'registering', ...(loginToken !== undefined && { token: loginToken }) };
    case 'unregistering':
      return { event: 'unregistering' };
    case 'unregistered':
      return { event: 'unregistered', username, register_sent: news.registerSent };
    case 'registered':
      return {
        event: 'registered',
        username,
        register_sent: news.registerSent,
        master_id: news.masterId,
        ...(news.isHelper && { helper: true }),
        ...(news.displayName !== undefined && { display_name: news.displayName }),
        ...(exchange && { exchange }),
      };
    case 'registration_failed':
      return { event: 'registration_failed', code: news.code, reason: news.reason };
    case 'missed_call':
      return {
        event: 'missed_call',
        caller: news.caller,
        ...(news.displayName !== undefined && { displayname: news.displayName }),
        ...(news.callee !== undefined && { callee: news.callee }),
        reason: news.reason,
      };
  }
}
