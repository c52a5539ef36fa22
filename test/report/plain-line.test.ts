import { expect, it } from 'vitest';
import { plainLine } from '../../src/report/plain-line.js';

it.each([
  [
    '{"level":"fatal","ts":"2026-11-27T06:00:00.1Z","caller":"snapshot/v3_snapshot.go:90","msg":"cannot save","error":"no space left on device"}',
    'cannot save: no space left on device',
  ],
  [
    '{"level":"info","msg":"created temporary db file","path":"/backup/nightly.part"}',
    'created temporary db file',
  ],
  ['{"error":"without a message"}', '{"error":"without a message"}'],
  ['{"msg":3}', '{"msg":3}'],
  ['{"msg":"cut off', '{"msg":"cut off'],
  [
    'time="2026-11-27" level=fatal msg="no such bucket"',
    'time="2026-11-27" level=fatal msg="no such bucket"',
  ],
  ['', ''],
])('of %s is %s', (line, plain) => expect(plainLine(line)).toBe(plain));
