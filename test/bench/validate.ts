import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const rke = fileURLToPath(new URL('../../bin/rke.js', import.meta.url));
const runs = 5;

export interface ValidateTimes {
  readonly nodes: number;
  /** Of a whole process, cold: the median of the runs. */
  readonly seconds: number;
  /** Peak memory of the process, in MiB. */
  readonly megabytes: number;
}

/** `rke config validate` of files with many nodes, as whole processes. */
export async function measureValidate(counts: readonly number[]): Promise<ValidateTimes[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rke-bench-'));
  try {
    const times: ValidateTimes[] = [];
    for (const count of counts) {
      const file = join(folder, `${count}.yml`);
      await writeFile(file, clusterOf(count));
      const results = [];
      for (let run = 0; run < runs; run += 1) results.push(await validate(file));
      const [middle] = results.toSorted((a, b) => a.seconds - b.seconds).slice(Math.floor(runs / 2));
      times.push({
        nodes: count,
        seconds: middle?.seconds ?? 0,
        megabytes: Math.max(...results.map(({ megabytes }) => megabytes)),
      });
    }
    return times;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Reports its peak memory on exit. */
const tellMemory = 'process.on("exit", () => console.error(process.resourceUsage().maxRSS))';

async function validate(file: string): Promise<{ seconds: number; megabytes: number }> {
  const started = performance.now();
  const { stderr } = await promisify(execFile)(process.execPath, [
    '--import',
    `data:text/javascript,${encodeURIComponent(tellMemory)}`,
    rke,
    ...['config', 'validate', '--config', file],
  ]);
  return { seconds: (performance.now() - started) / 1000, megabytes: Number(stderr.trim()) / 1024 };
}

function clusterOf(count: number): string {
  const nodes = Array.from(
    { length: count },
    (_, index) => `  - address: 172.${16 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}
    hostname_override: node-${index}
    user: ops
    role: [${index < 3 ? 'controlplane, etcd' : 'worker'}]
    labels: { zone: a${index % 3} }
`,
  );
  return `network: { plugin: flannel }
ingress: { provider: none }
services: { kube-controller: { cluster_cidr: 10.128.0.0/9 } }
nodes:
${nodes.join('')}`;
}
