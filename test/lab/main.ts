import { spawn } from 'node:child_process';
import { Command, InvalidArgumentError } from 'commander';
import { isAlive } from './owner.js';
import { clusterNodes, downLab, findKeptNode, labStatus, upKeptLab } from './kept-lab.js';
import { LabError } from './process.js';
import { DOCKER_VERSIONS, isDockerVersion, logToStderr, type DockerVersion } from './settings.js';

const program = new Command('lab').description(
  'Real nodes on one machine: containers with their own sshd and Docker.',
);

program
  .command('up')
  .description('start nodes, or add those that are missing')
  .requiredOption('--nodes <count>', 'how many', toCount)
  .option(
    '--docker <version>',
    `Docker of new nodes: ${Object.keys(DOCKER_VERSIONS).join(', ')}`,
    toDockerVersion,
  )
  .option('--address <address>', 'address of the first node; the others follow')
  .option('--no-images', 'do not build and serve the images of a cluster')
  .action(async (flags: { nodes: number; docker?: DockerVersion; address?: string; images: boolean }) => {
    const nodes = await upKeptLab({ ...flags, log: logToStderr });
    console.log(`${clusterNodes(nodes)}\n`);
    logToStderr(
      'this is for a cluster.yml; log in with: npm run lab -- ssh 1; take down with: npm run lab -- down',
    );
  });

program
  .command('down')
  .description('remove the nodes, and all else that carries the label of the lab')
  .option('--force', 'nodes that a running test uses, too', false)
  .option('--images', 'the images that nodes are made of, too', false)
  .action(async (flags: { force: boolean; images: boolean }) => downLab({ ...flags, log: logToStderr }));

program
  .command('status')
  .description('show what is up')
  .action(async () => {
    const status = await labStatus();
    if (status === undefined) {
      console.log('no Docker engine is running, so no lab is');
      return;
    }
    console.log(`engine    ${status.engine}\nregistry  ${status.registry ?? 'is not up'}`);
    for (const node of status.nodes) {
      const use =
        node.owner === '' ? 'until down' : isAlive(node.owner) ? `process ${node.owner}` : 'left over';
      const state = node.running ? 'running' : 'stopped';
      console.log([node.hostname, node.address, node.user, `Docker ${node.docker}`, state, use].join('\t'));
    }
  });

program
  .command('ssh')
  .description('log in to a node, or run a command there: ssh 1 -- docker ps')
  .argument('<node>', 'its number or hostname')
  .argument('[command...]')
  .option('--user <name>', 'rke, nodocker or root')
  .action(async (wanted: string, command: string[], flags: { user?: string }) => {
    const node = await findKeptNode(wanted);
    // A node's host key is as young as the node.
    const trust = [
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
      '-o',
      'LogLevel=ERROR',
    ];
    const target = `${flags.user ?? node.user}@${node.address}`;
    const ssh = spawn('ssh', ['-i', node.sshKeyPath, ...trust, target, ...command], { stdio: 'inherit' });
    process.exitCode = await new Promise<number>((resolve, reject) => {
      ssh.on('error', reject);
      ssh.on('close', (code) => resolve(code ?? 1));
    });
  });

function toCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 7) throw new InvalidArgumentError('1 to 7');
  return count;
}

function toDockerVersion(text: string): DockerVersion {
  if (!isDockerVersion(text)) throw new InvalidArgumentError(Object.keys(DOCKER_VERSIONS).join(', '));
  return text;
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof LabError)) throw error;
  console.error(`lab: ${error.message}`);
  process.exitCode = 1;
}
