import { execFileSync } from 'node:child_process';
import { link, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeDocker } from './fake-docker.js';
import { Lane } from './connected.js';

let lane: Lane;
beforeEach(async () => {
  lane = await Lane.open();
  lane.sshd.forwarding = 'refused';
  lane.sshd.run = (command) => ({
    stdout: execFileSync('sh', ['-c', command], { encoding: 'utf8' }),
    code: 0,
  });
});
afterEach(() => lane[Symbol.asyncDispose]());

/** The diagnosis runs in a real shell, with sockets of this machine. */
describe.runIf(process.platform === 'linux')('a Docker socket that sshd does not reach', () => {
  it('is reported as not forwarded if it exists and a daemon listens', async () => {
    expect(await lane.refusal()).toMatchObject({ code: 'SSH_FORWARDING', exitCode: 5 });
  });

  it('is reported the same under another path', async () => {
    const other = join(lane.folder, 'run');
    await symlink(dirname(lane.docker.socket), other);
    expect((await lane.refusal({ dockerSocket: join(other, 'docker.sock') })).code).toBe('SSH_FORWARDING');
  });

  it('is reported if it does not exist', async () => {
    const dockerSocket = join(lane.folder, "it's missing.sock");
    const error = await lane.refusal({ dockerSocket });
    expect(error).toMatchObject({ code: 'DOCKER_NOT_RUNNING', exitCode: 6 });
    expect(error.message).toContain(`no socket ${dockerSocket}`);
  });

  it.each(['a directory', 'a file', 'a link to a file'])(
    'is reported as no socket if it is %s',
    async (what) => {
      const dockerSocket = join(lane.folder, 'other');
      if (what === 'a directory') await mkdir(dockerSocket);
      else if (what === 'a file') await lane.write('other', '');
      else await symlink(await lane.write('file', ''), dockerSocket);
      const error = await lane.refusal({ dockerSocket });
      expect(error).toMatchObject({ code: 'DOCKER_SOCKET', exitCode: 6 });
      expect(error.message).toContain(`${dockerSocket} is not a socket`);
      expect(error.fix).toContain('docker_socket');
    },
  );

  it('is reported if it is a link to nothing', async () => {
    const dockerSocket = join(lane.folder, 'other');
    await symlink(join(lane.folder, 'nothing'), dockerSocket);
    expect((await lane.refusal({ dockerSocket })).message).toContain(`no socket ${dockerSocket}`);
  });

  it('is reported if it was left by a daemon that has ended', async () => {
    const gone = await FakeDocker.start();
    const dockerSocket = join(lane.folder, 'left.sock');
    await link(gone.socket, dockerSocket);
    await gone[Symbol.asyncDispose]();
    const error = await lane.refusal({ dockerSocket });
    expect(error.code).toBe('DOCKER_NOT_RUNNING');
    expect(error.message).toContain(`no daemon listens on ${dockerSocket}`);
  });
});
