import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { kubectlOn, type Kubectl } from '../../test/e2e/kubectl.js';
import { webManifest } from '../../test/e2e/workload.js';
import { startLab } from '../../test/lab/lab.js';
import type { LabNode } from '../../test/lab/node.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const rke = fileURLToPath(new URL('../../bin/rke.js', import.meta.url));
const started = performance.now();

/** The same as in cluster.yml. */
const nodes = [1, 2, 3].map((n) => ({ address: `172.30.0.1${n}`, hostname: `node-${n}` }));

/**
 * `npm run demo`: starts three lab nodes, runs `rke up` on them as a user would, and shows the result. The cluster stays
 * until `npm run lab -- down`.
 */
async function demo(): Promise<void> {
  printHeading('start three lab nodes');
  const lab = await startLab({ nodes, keep: true });

  printHeading('rke up --config examples/demo/cluster.yml');
  // Earlier lab nodes had the same addresses: host keys go to a separate file, not to the user's.
  const knownHosts = `${here}.known_hosts`;
  await rm(knownHosts, { force: true });
  const env = { ...process.env, RKE_KNOWN_HOSTS: knownHosts };
  const code = await show(process.execPath, [rke, 'up', '--config', `${here}cluster.yml`], env);
  if (code !== 0) {
    process.exitCode = code;
    return;
  }
  const kubectl = await kubectlOn(lab.nodes[0] as LabNode, `${here}kube_config_cluster.yml`);
  printHeading('kubectl get nodes');
  console.log(await kubectl(['get', 'nodes', '-o', 'wide']));
  await askService(kubectl);
  printHeading('kubectl get pods --all-namespaces');
  console.log(await kubectl(['get', 'pods', '--all-namespaces', '-o', 'wide']));

  console.log(`
The demo took ${Math.round((performance.now() - started) / 1000)}s.
Kubeconfig:       examples/demo/kube_config_cluster.yml
Log in to a node: npm run lab -- ssh 1
Remove it all:    npm run lab -- down`);
}

/** Requests a Service by its name until a pod on another node answers. */
async function askService(kubectl: Kubectl): Promise<void> {
  printHeading('deploy a web server on each node, and a Service');
  await kubectl(['apply', '-f', '-'], webManifest);
  await kubectl(['rollout', 'status', 'daemonset/web', '--timeout=120s']);
  const pods = (
    await kubectl([
      'get',
      'pods',
      '-l',
      'app=web',
      '-o',
      'jsonpath={range .items[*]}{.metadata.name} {.spec.nodeName}{"\\n"}{end}',
    ])
  )
    .trim()
    .split('\n')
    .map((line) => line.split(' ') as [string, string]);
  const [pod, node] = pods[0] ?? ['', ''];
  const url = 'http://web.default.svc.cluster.local';
  for (let tries = 0; tries < 20; tries += 1) {
    const answer = (await kubectl(['exec', pod, '--', 'wget', '-qO-', url])).trim();
    if (answer.endsWith(node)) continue;
    console.log(`a pod on ${node} requests ${url}: "${answer}"`);
    return;
  }
  throw new Error(`only the pod on ${node} itself answers`);
}

function printHeading(what: string): void {
  console.log(`\n== ${what}`);
}

function show(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

await demo();
