import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installPackages, isDebianAsRoot } from './debian.js';
import { Docker } from './docker.js';
import { withLock } from './lock.js';
import { LabError, hasProgram, must, run } from './process.js';
import { NODE_FILES, OWN_ENGINE, type Log } from './settings.js';

const ownHost = `unix://${OWN_ENGINE.socket}`;
const pidFile = join(OWN_ENGINE.run, 'docker.pid');
/** Debian's package of the engine. */
const daemon = 'dockerd';
const logFile = join(OWN_ENGINE.data, 'docker.log');

/** The engine of the lab: that of the machine if there is one, otherwise that of the lab, started if necessary. */
export async function ensureEngine(log: Log): Promise<Docker> {
  const running = await findEngine();
  if (running !== undefined) return running;
  if (!(await isDebianAsRoot())) {
    throw new LabError(
      'the lab needs a running Docker engine on this machine (DOCKER_HOST or the default socket); on Debian, as root, it installs and starts one itself',
    );
  }
  return withLock('engine', async () => (await findEngine()) ?? startOwnEngine(log));
}

/** A running engine, if there is one. The lab's engine comes first: while it runs, it contains the lab. */
export async function findEngine(): Promise<Docker | undefined> {
  if (!(await hasProgram('docker'))) return undefined;
  for (const host of [ownHost, await machineHost()]) {
    if (host === undefined) continue;
    const docker = new Docker(host);
    if ((await docker.try(['version', '--format', '{{.Server.Version}}'])).code !== 0) continue;
    // Nodes are reached at their container addresses and share directories with this machine.
    if (!host.startsWith('unix://')) throw new LabError(`the lab needs a local Docker engine, not ${host}`);
    return docker;
  }
  return undefined;
}

async function machineHost(): Promise<string | undefined> {
  const fromEnvironment = process.env['DOCKER_HOST'];
  if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment;
  const context = await run('docker', ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']);
  return context.code === 0 ? context.stdout.trim() : undefined;
}

async function startOwnEngine(log: Log): Promise<Docker> {
  await installPackages(['docker.io', 'iptables', 'jq', 'openssh-client'], log);
  log(`no Docker on this machine: starting the lab's own at ${ownHost}`);
  await mkdir(OWN_ENGINE.run, { recursive: true });
  await mkdir(OWN_ENGINE.data, { recursive: true });
  const dockerd = spawn(daemon, await engineArgs(), {
    detached: true,
    stdio: ['ignore', openLog(), openLog()],
  });
  dockerd.unref();
  const docker = new Docker(ownHost);
  for (let waited = 0; waited < 30_000; waited += 100) {
    if ((await docker.try(['version'])).code === 0) return docker;
    if (dockerd.exitCode !== null) break;
    await sleep(100);
  }
  const tail = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-3).join('\n');
  throw new LabError(`the lab's Docker engine does not start, see ${logFile}:\n${tail}`);
}

const openLog = (): number => openSync(logFile, 'a');

async function engineArgs(): Promise<string[]> {
  const args = ['--host', ownHost, '--pidfile', pidFile, '--data-root', join(OWN_ENGINE.data, 'docker')];
  // No docker0, because the lab has a separate network.
  args.push('--exec-root', join(OWN_ENGINE.run, 'exec'), '--bridge', 'none');
  if (await hasCapSysResource()) return args;
  // A copy, because the engine outlives this working tree.
  const wrapper = join(OWN_ENGINE.data, 'runc-wrapper');
  await copyFile(join(NODE_FILES, 'runc-wrapper'), wrapper);
  await chmod(wrapper, 0o755);
  return [...args, '--add-runtime', `lab=${wrapper}`, '--default-runtime', 'lab'];
}

async function hasCapSysResource(): Promise<boolean> {
  const status = await readFile('/proc/self/status', 'utf8');
  const bounding = BigInt(`0x${/^CapBnd:\s*(\w+)$/m.exec(status)?.[1] ?? '0'}`);
  return ((bounding >> 24n) & 1n) === 1n;
}

/** Stops the lab's engine, but never that of the machine. Its images stay as a cache. */
export async function stopOwnEngine(log: Log): Promise<void> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  if (!(pid > 1)) return;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (!command.includes(OWN_ENGINE.socket)) return;
  log("stopping the lab's own Docker engine");
  await must('kill', [String(pid)]);
  for (let waited = 0; waited < 30_000; waited += 100) {
    if ((await run('kill', ['-0', String(pid)])).code !== 0) return;
    await sleep(100);
  }
  throw new LabError(`the lab's Docker engine (process ${pid}) does not stop`);
}
