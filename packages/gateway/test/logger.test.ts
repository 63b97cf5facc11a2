import { expect, test } from 'vitest';
import { createLogger, type LoggerOptions } from '../src/ops/logger.ts';

function logging(options: LoggerOptions) {
  const lines: string[] = [];
  return { log: createLogger(options, { write: (line) => void lines.push(line) }), lines };
}

test('a line is JSON with its facts', () => {
  const { log, lines } = logging({ level: 'info', pretty: false });

  log.info({ callId: 'a' }, 'call ended');
  log.debug({}, 'not asked for');

  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({ level: 30, msg: 'call ended', callId: 'a' });
});

test('secrets are never written, wherever they stand', () => {
  for (const pretty of [false, true]) {
    const { log, lines } = logging({ level: 'info', pretty });

    log.info(
      { secret: 'hush', account: { password: 'hush', sip: { ha1: 'hush' } }, body: { secret: 'hush' } },
      'said',
    );

    expect(lines.join()).not.toContain('hush');
    expect(lines.join()).toContain('[secret]');
  }
});

test('a line for people has time, level, text, facts, and the stack of an error', () => {
  const { log, lines } = logging({ level: 'info', pretty: true });

  log.warn({ status: 403, who: { ip: '192.0.2.7' } }, 'websocket refused');
  log.error({ err: new Error('a bug') }, 'plugin threw');

  expect(lines[0]).toMatch(
    /\d\d:\d\d:\d\d warn {2}websocket refused {2}status=403 who=\{"ip":"192\.0\.2\.7"\}/,
  );
  expect(lines[1]).toMatch(/error plugin threw\nError: a bug\n\s+at /);
});
