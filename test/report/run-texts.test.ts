import { expect, it } from 'vitest';
import { summaryLines, type EventOf } from '../../src/report/run-texts.js';

const end: EventOf<'run-finished'> = {
  ...{ type: 'run-finished', time: '', outcome: 'no-change', exitCode: 0, durationMs: 1000 },
  ...{ done: 0, failed: 0, skipped: 0, errors: [], unchanged: { containers: 0, files: 0, addons: 0 } },
};

/** A run that has looked at no containers does not say that all are as planned. */
it.each([
  ['remove', 'nothing is left on the hosts'],
  ['prepare', 'nothing to do on the hosts'],
  ['etcd prune', 'no snapshot is older than the retention'],
  ['addon apply', 'nothing to do for the add-on'],
])('rke %s without a change says: %s', (command, text) => {
  const run = { type: 'run-started', command, cluster: 'c', version: 'v', hosts: 2, config: 'f' };
  const [line] = summaryLines(run as unknown as EventOf<'run-started'>, end);
  expect(line).toContain(`cluster c · 2 hosts · ${text}`);
});
