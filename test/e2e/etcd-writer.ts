import type { LabNode } from '../lab/node.js';

export interface Writer {
  /** Ends the writer and looks for everything that was acknowledged. @returns how much that was, and what is missing */
  stop(): Promise<{ readonly acknowledged: number; readonly lost: readonly string[] }>;
}

const directory = '/tmp/etcd-writer';

/** Writes one key after the other into etcd, and notes those that etcd has acknowledged. */
const script = `
rm -rf ${directory}; mkdir -p ${directory}
i=0
while [ ! -e ${directory}/stop ]; do
  i=$((i + 1))
  docker exec etcd etcdctl --command-timeout=10s put "/lab/key-$i" written >/dev/null 2>&1 && echo "/lab/key-$i" >> ${directory}/acknowledged
done
touch ${directory}/stopped`;

/** Starts a writer on a node that has a member of etcd. */
export async function startWriter(node: LabNode): Promise<Writer> {
  await node.must(['sh', '-c', `nohup sh -c '${script.replaceAll("'", `'"'"'`)}' >/dev/null 2>&1 &`]);
  return {
    stop: async () => {
      await node.must(['touch', `${directory}/stop`]);
      // The last write has a limit of its own.
      await node.must([
        'sh',
        '-c',
        `timeout 30 sh -c 'until [ -e ${directory}/stopped ]; do sleep 0.1; done'`,
      ]);
      const acknowledged = (await node.must(['cat', `${directory}/acknowledged`])).split('\n');
      const keys = ['get', '--prefix', '--keys-only', '/lab/'];
      const found = new Set((await node.must(['docker', 'exec', 'etcd', 'etcdctl', ...keys])).split('\n'));
      return { acknowledged: acknowledged.length, lost: acknowledged.filter((key) => !found.has(key)) };
    },
  };
}
