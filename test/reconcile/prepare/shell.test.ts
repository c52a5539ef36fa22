import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { parseState, stateCommand } from '../../../src/reconcile/prepare/host-state.js';
import { swap } from '../../../src/reconcile/prepare/kernel-parts.js';
import type { PrepareStep } from '../../../src/reconcile/prepare/prepare-step.js';
import { rootCommand } from '../../../src/reconcile/prepare/root-command.js';
import { helperContainer } from '../../../src/execute/helper-container.js';
import { useFolder } from '../../cli/run.js';
import { printedState } from './os-releases.js';

const run = promisify(execFile);
const folder = useFolder();

async function shell(line: string): Promise<{ code: number; stdout: string }> {
  try {
    const { stdout } = await run('/bin/sh', ['-c', line]);
    return { code: 0, stdout };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { code, stdout };
  }
}

/** A step whose files are in the folder of the test. */
async function runStep(
  commands: readonly string[],
  environment = '',
): Promise<{ code: number; stdout: string; log: string }> {
  const step: PrepareStep = { part: 'sysctl', title: 'x', why: 'x', check: 'x', limitSeconds: 1, commands };
  await writeFile(join(folder(), 'environment'), environment);
  const line = rootCommand(step, { usesSudo: false })
    .replaceAll('/var/log/', `${folder()}/`)
    .replaceAll('/etc/environment', join(folder(), 'environment'));
  const ran = await shell(line);
  return { ...ran, log: await readFile(join(folder(), 'rke-prepare-sysctl.log'), 'utf8') };
}

it('the state of this machine is read with plain sh, in one line', async () => {
  const command = stateCommand('/var/run/docker.sock');
  expect(command).not.toContain('\n');
  const state = parseState((await shell(command)).stdout);
  expect(state?.user).toBe(userInfo().username);
  expect(state?.isRoot).toBe(userInfo().uid === 0);
  expect(state?.os.id).not.toBe('');
});

it('an answer without a user is none', () => {
  expect(parseState('')).toBeUndefined();
  expect(parseState(printedState('debian-12'))?.os.prettyName).toBe('Debian GNU/Linux 12 (bookworm)');
});

it('commands of a step run in one shell, and the first one that fails ends it and is named', async () => {
  const good = await runStep(['value="it\'s"', 'echo "$value"']);
  expect(good).toMatchObject({ code: 0, stdout: '' });
  expect(good.log).toContain("it's");
  const bad = await runStep(['echo before', 'sh -c "echo because >&2; exit 3"', 'echo after']);
  expect(bad.code).toBe(3);
  const [first, ...rest] = bad.stdout.trimEnd().split('\n');
  expect(first).toMatch(/^\+ sh -c /);
  expect(rest.at(-1)).toBe('because');
  expect(bad.log).not.toContain('echo after');
});

it('a step gets the proxies of the host, and does not print them', async () => {
  const environment =
    'PATH="/usr/bin"\nhttps_proxy="http://ops:s3cret@proxy:3128"\nexport NO_PROXY=10.0.0.0/8\n';
  const seen = join(folder(), 'seen');
  const { code, log } = await runStep([`env >${seen}`], environment);
  expect(code).toBe(0);
  const values = await readFile(seen, 'utf8');
  expect(values).toContain('https_proxy=http://ops:s3cret@proxy:3128\n');
  expect(values).toContain('NO_PROXY=10.0.0.0/8\n');
  expect(log).not.toContain('s3cret');
});

it('swap is commented out in fstab, whose first version is kept', async () => {
  const fstab = join(folder(), 'fstab');
  const before =
    '# swap was on sda2\nUUID=1 / ext4 defaults 0 1\n/dev/sda2\tnone  swap sw 0 0\n/swap.img none swap sw 0 0\n';
  await writeFile(fstab, before);
  const state = parseState(printedState('debian-12', { user: 'root' }));
  if (state === undefined) throw new Error('the state cannot be parsed');
  const [step] = swap({
    state,
    checked: {
      address: '10.0.0.1',
      docker: { cgroupVersion: '', rootDir: '/', securityOptions: [] },
      containers: [{ ...helperContainer('kubelet', 'image'), cmd: ['--fail-swap-on=true'] }],
      isNew: false,
      isKnown: true,
      mustPull: false,
      facts: { disks: {}, modules: new Map(), swapKib: 1024 },
    },
  });
  if (step === undefined || !('commands' in step)) throw new Error('it is not planned');
  const commands = step.commands.slice(0, -1).map((command) => command.replaceAll('/etc/fstab', fstab));
  for (let times = 0; times < 2; times += 1) expect(await runStep(commands)).toMatchObject({ code: 0 });
  expect(await readFile(`${fstab}.before-rke`, 'utf8')).toBe(before);
  expect(await readFile(fstab, 'utf8')).toBe(
    '# swap was on sda2\nUUID=1 / ext4 defaults 0 1\n#/dev/sda2\tnone  swap sw 0 0\n#/swap.img none swap sw 0 0\n',
  );
});
