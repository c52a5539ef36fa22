/** Limit for a line: it is evidence in an error, and some programs write whole objects into one. */
const mostCharacters = 500;

/**
 * The lines of a container's log. Without a terminal Docker sends frames: one byte for the stream, three zero bytes, four
 * for the length, then the text; with a terminal it sends plain text.
 */
export function logLines(log: Buffer): string[] {
  return unframe(log)
    .toString('utf8')
    .split('\n')
    .map((line) => shortened(line.trimEnd()))
    .filter((line) => line !== '');
}

const shortened = (line: string): string =>
  line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line;

function unframe(log: Buffer): Buffer {
  const parts: Buffer[] = [];
  let offset = 0;
  while (offset + 8 <= log.length) {
    const isFrame = (log[offset] ?? 9) <= 2 && log.readUIntBE(offset + 1, 3) === 0;
    if (!isFrame) return log;
    const end = offset + 8 + log.readUInt32BE(offset + 4);
    parts.push(log.subarray(offset + 8, end));
    offset = end;
  }
  return Buffer.concat(parts);
}
