import { expect, it } from 'vitest';
import { describeEtcd } from '../../../src/commands/etcd/etcd-status.js';
import { RestoreCluster } from './restore-cluster.js';

it('names a restore that was interrupted before what it explains, with the command that continues it', async () => {
  const cluster = new RestoreCluster();
  cluster.state = { desiredState: {}, currentState: {}, restore: { name: 'nightly', id: 'x' } };
  const { problems } = await describeEtcd(cluster.run);
  expect(problems[0]).toBe(
    'the restore of snapshot nightly was started and not finished; continue it with `rke etcd snapshot-restore --name nightly`, or put everything back with `rke etcd snapshot-restore --name nightly --cancel`',
  );
  cluster.state = { desiredState: {}, currentState: {} };
  expect((await describeEtcd(cluster.run)).problems.join('\n')).not.toContain('restore of snapshot');
});
