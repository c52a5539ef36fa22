import { describe, expect, it } from 'vitest';
import { echoEscapes } from '../../src/core/echo-escapes.js';

describe('echoEscapes gives the output of `echo -e` in busybox (Go: cluster/file-deployer.go:45)', () => {
  // Each result is that of BusyBox 1.35.
  it.each([
    ['\\\\', '\\\n'],
    ['\\\\\\\\', '\\\\\n'],
    ['CORP\\svc', 'CORP\\svc\n'],
    ['CORP\\\\svc', 'CORP\\svc\n'],
    ['CORP\\\\\\\\svc', 'CORP\\\\svc\n'],
    ['p\\d"#1', 'p\\d"#1\n'],
    ['a\\nb', 'a\nb\n'],
    ['\\a\\b\\e\\f\\r\\t\\v.', '\u0007\b\u001b\f\r\t\u000b.\n'],
    ['\\0101x', 'Ax\n'],
    ['\\01011', 'A1\n'],
    ['\\101', 'A\n'],
    ['\\1011', 'A1\n'],
    ['\\8', '\\8\n'],
    ['\\08', '\u00008\n'],
    ['\\400', ' 0\n'],
    ['\\0777', '?7\n'],
    ['\\x41', 'A\n'],
    ['\\x4g', '\u0004g\n'],
    ['\\x414', 'A4\n'],
    ['\\xg', '\\xg\n'],
    ['\\X41', '\\X41\n'],
    ['\\N', '\\N\n'],
    ['\\E', '\\E\n'],
    ['stop\\chere', 'stop'],
    ['end\\', 'end\\\n'],
    ['\\"', '\\"\n'],
    ['\\\n', '\\\n\n'],
    ['\\xc3\\xa9é', 'éé\n'],
    ['\\0', '\u0000\n'],
    ['\\00007', '\u00007\n'],
    ['\\xC3\\xA9', 'é\n'],
    ['\\\\n', '\\n\n'],
    ['\\\\\\n', '\\\n\n'],
    ['\\\\c', '\\c\n'],
  ])('turns %j into %j', (text, written) => {
    expect(echoEscapes(text)).toBe(written);
  });
});
