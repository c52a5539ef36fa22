import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { must, run } from '../lab/process.js';
import { GATEWAY, privateRegistry } from '../lab/settings.js';
import { calm } from './calm.js';
import { clusterYml } from './cluster-yml.js';
import { kubectlOn } from './kubectl.js';
import { countSshConnections, ssh } from './lab-probes.js';
import { RkeFolder, type RkeRun } from './rke.js';
import { webManifest } from './workload.js';

const { url, user, password } = privateRegistry;
const gateKey = 'gate_key';

/** A separate SSH agent, in the foreground so that it ends with its process. */
async function startAgent(socket: string): Promise<ChildProcess> {
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  const env = { SSH_AUTH_SOCK: socket };
  // 1: it answers and has no key yet; 2: it does not answer.
  for (let waited = 0; (await run('ssh-add', ['-l'], { env })).code !== 1; waited += 50) {
    if (waited > 5000) throw new Error('the SSH agent does not answer');
    await sleep(50);
  }
  return agent;
}

/** A host that is reachable only through a bastion host, with images from a registry that requires a login. */
describe('a host behind a bastion, with a private registry', () => {
  let lab: Lab;
  let gate: LabNode;
  let node: LabNode;
  let folder: RkeFolder;
  let agent: ChildProcess | undefined;
  const runs: RkeRun[] = [];

  const registryYml = (login: string): string =>
    `private_registries: [{ url: "${url}", ${login}is_default: true }]\n`;
  const goodLogin = `user: ${user}, password: ${password}, `;
  const write = (more: string, sshKeyPath = lab.sshKeyPath): Promise<void> =>
    folder.write('cluster.yml', clusterYml(lab, { nodes: [node], sshKeyPath, more }));
  const bastionYml = (rest = ''): string =>
    `bastion_host: { address: ${gate.address}, user: ${gate.user}${rest} }\n`;
  const withGateKey = (): string => bastionYml(`, ssh_key_path: ${folder.file(gateKey)}`);

  async function rke(...args: string[]): Promise<RkeRun> {
    const ran = await folder.rke(args);
    runs.push(ran);
    return ran;
  }

  beforeAll(async () => {
    lab = await startLab({ nodes: [{ hostname: 'gate', user: 'root' }, { hostname: 'solo' }] });
    [gate, node] = lab.nodes as [LabNode, LabNode];
    folder = await RkeFolder.create('');
    await must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', folder.file(gateKey)]);
    // The bastion host accepts only its own key, and the host accepts only the bastion host.
    await gate.must(['sh', '-c', 'cat > /root/.ssh/authorized_keys'], {
      input: await readFile(folder.file(`${gateKey}.pub`), 'utf8'),
    });
    await node.must(['iptables', '-w', '-I', 'INPUT', '-s', GATEWAY, '-j', 'DROP']);
    expect((await ssh(node, 'true', { seconds: 1 })).code).toBe(255);
    expect((await ssh(gate, 'true')).stderr).toContain('Permission denied');
  });
  afterAll(async () => {
    agent?.kill();
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  it('is unreachable if the bastion refuses the key, and the error names the bastion', async () => {
    await write(bastionYml() + registryYml(goodLogin));
    const { code, stderr } = await rke('up');
    expect(code, stderr).toBe(5);
    expect(stderr).toContain(`${gate.address}: bastion host: SSH authentication failed for user "root"`);
  });

  it.each([
    ['no login', '', 'add the registry with user and password to private_registries'],
    ['a wrong password', `user: ${user}, password: not-${password}, `, 'correct user and password'],
  ])('pulls nothing with %s, and reports it', async (_, login, fix) => {
    await write(withGateKey() + registryYml(login));
    const { code, stderr } = await rke('up');
    expect(code, stderr).toBe(6);
    expect(stderr).toContain(`the registry denied access to image ${url}/rancher/`);
    expect(stderr).toContain(fix);
  });

  it('becomes a cluster over one connection through the bastion', async () => {
    await write(withGateKey() + registryYml(goodLogin));
    const toGate = await countSshConnections(gate);
    const toNode = await countSshConnections(node, { from: gate.address });
    const { code, stderr } = await rke('up');
    expect(code, stderr).toBe(0);
    expect([await toGate(), await toNode()]).toEqual([1, 1]);
    expect(await gate.dockerPs()).toEqual([]);
  });

  it('pulls all images from the registry, also those of pods with its login', async () => {
    const used = (await node.must(['docker', 'ps', '-a', '--format', '{{.Image}}'])).split('\n');
    const pulled = (await node.must(['docker', 'images', '--format', '{{.Repository}}'])).split('\n');
    // The containers of pods refer to their image by its id.
    const isElsewhere = (name: string): boolean =>
      !name.startsWith(`${url}/`) && !/^[0-9a-f]{12}$/.test(name);
    expect([...used, ...pulled].filter(isElsewhere)).toEqual([]);
    const config = '/var/lib/kubelet/config.json';
    expect(await node.must(['stat', '-c', '%a', config])).toBe('600');
    const auth = Buffer.from(`${user}:${password}`).toString('base64');
    expect(JSON.parse(await node.must(['cat', config]))).toEqual({ auths: { [url]: { auth } } });

    const kubectl = await kubectlOn(node, folder.file('kube_config_cluster.yml'));
    await kubectl(['apply', '-f', '-'], webManifest.replace('image: rancher/', `image: ${url}/rancher/`));
    await kubectl(['rollout', 'status', 'daemonset/web', '--timeout=120s']);
  });

  it('accepts the keys of an SSH agent, without a key file', async () => {
    const socket = folder.file('agent.sock');
    agent = await startAgent(socket);
    folder.env = { SSH_AUTH_SOCK: socket };
    await must('ssh-add', ['-q', lab.sshKeyPath, folder.file(gateKey)], { env: folder.env });
    await write(`ssh_agent_auth: true\n${bastionYml()}${registryYml(goodLogin)}`, '/nonexistent');
    await calm([node]);
    // The file has changed, so the copy of the state in the cluster changes too, and nothing else.
    const byFile = await rke('up');
    expect(byFile.stderr).toContain('1 operation done, 40 unchanged');
    expect((await rke('up')).stderr).toContain('no change: 8 containers');
    await write(bastionYml() + registryYml(goodLogin), '/nonexistent');
    const byFlag = await rke('up', '--ssh-agent-auth');
    expect(byFlag.stderr).toContain('no change: 8 containers');
  });

  it('is unreachable without the agent', async () => {
    const ended = new Promise((resolve) => agent?.once('exit', resolve));
    agent?.kill();
    await ended;
    const { code, stderr } = await rke('up', '--ssh-agent-auth');
    expect(code, stderr).toBe(5);
    expect(stderr).toContain('the SSH agent failed');
    expect(stderr).toContain('ssh-add -l');
  });

  it('never leaked the password', async () => {
    const files = await Promise.all(
      ['cluster.log', 'cluster.log.1'].map((name) => readFile(folder.file(name), 'utf8')),
    );
    const auth = Buffer.from(`${user}:${password}`).toString('base64');
    for (const text of [...runs.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...files])
      for (const secret of [password, auth]) expect(text).not.toContain(secret);
  });
});
