import { describe, expect, test } from 'vitest';
import { nameByTime, recordingFile } from '../../src/recording/recording-name.ts';

const folder = '/var/recordings';

describe("a recording's name", () => {
  for (const [given, path, format] of [
    ['talk', 'talk.opus', 'opus'],
    ['talk.opus', 'talk.opus', 'opus'],
    ['talk.ogg', 'talk.ogg', 'opus'],
    ['Talk 1 (2).WAV', 'Talk 1 (2).WAV', 'wav'],
    ['+8613800000000', '+8613800000000.opus', 'opus'],
    ['录音_1001@pbx.example', '录音_1001@pbx.example.opus', 'opus'],
    ['a..b', 'a..b.opus', 'opus'],
  ] as const) {
    test(`may be "${given}"`, () => {
      expect(recordingFile(folder, given)).toEqual({ path: `${folder}/${path}`, format });
    });
  }

  for (const given of [
    '',
    '.',
    '..',
    '.hidden',
    '../talk',
    'a/../../talk',
    '/etc/passwd',
    'a/b',
    'a\\b',
    'C:talk',
    'talk\0.wav',
    'talk\n',
    ' talk',
    'talk.',
    'talk*',
    'x'.repeat(101),
  ]) {
    test(`may not be ${JSON.stringify(given.slice(0, 20))}`, () => {
      expect(() => recordingFile(folder, given)).toThrow(
        expect.objectContaining({ code: 'recording-failed' }) as Error,
      );
    });
  }

  test('that nobody gave is the time', () => {
    expect(nameByTime(new Date('2031-05-06T07:08:09.010Z'))).toBe('20310506-070809-010');
  });
});
