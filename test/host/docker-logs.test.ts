import { expect, it } from 'vitest';
import { logLines } from '../../src/host/docker/docker-logs.js';

function frame(stream: number, text: string | Buffer): Buffer {
  const body = Buffer.from(text as string);
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

it('a log is read from the frames of both streams', () => {
  expect(logLines(Buffer.concat([frame(1, 'one\n'), frame(2, 'two\r\n'), frame(1, '\nthree')]))).toEqual([
    'one',
    'two',
    'three',
  ]);
});

it('a line or character that is split over two frames is joined', () => {
  const text = Buffer.from('grün\n');
  expect(logLines(Buffer.concat([frame(1, text.subarray(0, 3)), frame(1, text.subarray(3))]))).toEqual([
    'grün',
  ]);
});

it('an incomplete last frame of a log is kept as far as it goes', () => {
  expect(logLines(Buffer.concat([frame(1, 'whole\n'), frame(1, 'cut off here').subarray(0, 11)]))).toEqual([
    'whole',
    'cut',
  ]);
});

it('the log of a container with a terminal is read as plain text', () => {
  expect(logLines(Buffer.from('I0101 one\r\nI0101 two\r\n'))).toEqual(['I0101 one', 'I0101 two']);
});

it('an empty log has no lines', () => {
  expect(logLines(Buffer.alloc(0))).toEqual([]);
});

it('a very long line of a log is shortened', () => {
  const [long = '', short] = logLines(Buffer.from(`${'x'.repeat(100_000)}\nshort\n`));
  expect(long).toBe(`${'x'.repeat(500)}…`);
  expect(short).toBe('short');
});
