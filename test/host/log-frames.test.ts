import { expect, it } from 'vitest';
import { LogFrames } from '../../src/host/docker/log-frames.js';

function frame(stream: number, text: string | Buffer): Buffer {
  const body = Buffer.from(text as string);
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

/** The lines of a log that arrives in chunks of some bytes: `1 text` from stdout, `2 text` from stderr. */
function linesOf(log: Buffer, bytes: number): string[] {
  const lines: string[] = [];
  const frames = new LogFrames(({ stream, text }) => lines.push(`${stream === 'stdout' ? 1 : 2} ${text}`));
  for (let start = 0; start < log.length; start += bytes) frames.push(log.subarray(start, start + bytes));
  frames.end();
  return lines;
}

const grün = Buffer.from('grün\n');
const framed = Buffer.concat([
  frame(1, 'one\n'),
  frame(2, 'a\r\nb'),
  frame(1, grün.subarray(0, 3)),
  frame(2, 'c\n\n'),
  frame(1, grün.subarray(3)),
  frame(1, 'last'),
]);

it.each([1, 2, 3, 7, 8, 9, 1000])('streams are separated if a log arrives in chunks of %d bytes', (bytes) => {
  expect(linesOf(framed, bytes)).toEqual(['1 one', '2 a', '2 bc', '2 ', '1 grün', '1 last']);
});

it.each([1, 5, 1000])(
  'the log of a container with a terminal is plain text, in chunks of %d bytes',
  (bytes) => {
    expect(linesOf(Buffer.from('I0101 one\r\nI0101 two\r\n'), bytes)).toEqual(['1 I0101 one', '1 I0101 two']);
  },
);

it.each(['', 'x', 'short'])('the log %j, shorter than a header, is read', (text) => {
  expect(linesOf(Buffer.from(text), 1)).toEqual(text === '' ? [] : [`1 ${text}`]);
});

it('a line that never ends is passed on in parts', () => {
  const lines = linesOf(frame(1, 'x'.repeat(1_000_000)), 65_536);
  expect(lines.length).toBeGreaterThan(2);
  expect(lines.map((line) => line.slice(2)).join('')).toHaveLength(1_000_000);
});
