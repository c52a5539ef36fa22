import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DockerApi } from '../../src/host/host.js';
import type { ContainerSpec } from '../../src/plan/cluster-plan-types.js';
import { failureOf, Lane, signal } from './connected.js';
import { reply } from './fake-docker.js';

let lane: Lane;
let docker: DockerApi;
beforeEach(async () => {
  lane = await Lane.open();
  ({ docker } = await lane.connect());
});
afterEach(() => lane[Symbol.asyncDispose]());

/** The response of Docker to every call. */
function answers(status: number, body?: unknown): void {
  lane.docker.answer = (_request, response) => reply(response, status, body);
}

const plain: ContainerSpec = {
  name: 'kubelet',
  image: 'rancher/hyperkube:v1',
  entrypoint: [],
  cmd: [],
  env: [],
  binds: [],
  volumesFrom: [],
  networkMode: 'default',
  privileged: false,
  labels: {},
  securityOpt: [],
  started: true,
};

describe('creating a container', () => {
  it('sends what the plan contains, with the same names as RKE v1', async () => {
    answers(201, { Id: 'abc' });
    const spec: ContainerSpec = {
      ...plain,
      entrypoint: ['/opt/entrypoint.sh'],
      cmd: ['kubelet', '--v=2'],
      env: ['A=ä b'],
      binds: ['/etc:/etc:z'],
      volumesFrom: ['service-sidekick'],
      networkMode: 'host',
      pidMode: 'host',
      privileged: true,
      restartPolicy: 'always',
      labels: { 'io.rancher.rke.container.name': 'kubelet' },
      securityOpt: ['label=disable'],
      user: '52034:52034',
    };
    await docker.create(spec, { signal });
    const [request] = lane.docker.seen;
    expect(request).toMatchObject({ method: 'POST', path: '/containers/create' });
    expect([...(request?.query ?? [])]).toEqual([['name', 'kubelet']]);
    expect(JSON.parse(request?.body.toString() ?? '')).toEqual({
      Image: 'rancher/hyperkube:v1',
      Entrypoint: ['/opt/entrypoint.sh'],
      Cmd: ['kubelet', '--v=2'],
      Env: ['A=ä b'],
      Labels: { 'io.rancher.rke.container.name': 'kubelet' },
      User: '52034:52034',
      HostConfig: {
        Binds: ['/etc:/etc:z'],
        VolumesFrom: ['service-sidekick'],
        NetworkMode: 'host',
        PidMode: 'host',
        Privileged: true,
        RestartPolicy: { Name: 'always' },
        SecurityOpt: ['label=disable'],
      },
    });
  });

  it('leaves out what the plan does not contain', async () => {
    answers(201, { Id: 'abc' });
    await docker.create(plain, { signal });
    expect(JSON.parse(lane.docker.seen[0]?.body.toString() ?? '')).toEqual({
      Image: 'rancher/hyperkube:v1',
      HostConfig: {},
    });
  });
});

describe.each([
  [
    'creating a container',
    (replaces: boolean) => docker.create(plain, { replaces, signal }),
    'POST /containers/create',
  ],
  [
    'renaming a container',
    (replaces: boolean) => docker.rename('new-kubelet', 'kubelet', { replaces, signal }),
    'POST /containers/new-kubelet/rename',
  ],
] as const)('%s to a name that is taken', (_, take, call) => {
  const calls = (): string[] => lane.docker.seen.map(({ method, path }) => `${method} ${path}`);
  beforeEach(() => {
    let isTaken = true;
    lane.docker.answer = ({ method, path }, response) => {
      if (method === 'DELETE') {
        isTaken = false;
        reply(response, 204);
      } else if (!isTaken) reply(response, path.endsWith('/rename') ? 204 : 201, { Id: 'abc' });
      else reply(response, 409, { message: 'Conflict. The container name "/kubelet" is already in use' });
    };
  });

  it('removes the other container if it is to be replaced', async () => {
    await take(true);
    expect(calls()).toEqual([call, 'DELETE /containers/kubelet', call]);
  });

  it('fails otherwise, and leaves the other container', async () => {
    expect(await failureOf(take(false))).toMatchObject({ code: 'DOCKER_CALL' });
    expect(calls()).toEqual([call]);
  });
});

describe('a missing container, image or volume', () => {
  beforeEach(() => answers(404, { message: 'No such container: etcd' }));

  it('is undefined when it is read', async () => {
    expect(await docker.inspect('etcd', { signal })).toBeUndefined();
    expect(await docker.inspectImage('rancher/pause:3.6', { signal })).toBeUndefined();
    expect(await docker.getArchive('etcd', '/etc', { signal })).toBeUndefined();
  });

  it('is accepted when it is removed', async () => {
    await docker.remove('etcd', { signal });
    expect(lane.docker.seen[0]).toMatchObject({ method: 'DELETE', path: '/containers/etcd' });
    expect(Object.fromEntries(lane.docker.seen[0]?.query ?? [])).toEqual({ force: 'true', v: 'true' });
  });

  it('is an error when it is started, stopped, renamed, awaited, read or written', async () => {
    const calls = [
      docker.start('etcd', { signal }),
      docker.stop('etcd', { signal, seconds: 5 }),
      docker.rename('etcd', 'old-etcd', { signal }),
      docker.wait('etcd', { signal }),
      docker.logs('etcd', { signal, tail: 5 }),
      docker.putArchive('etcd', '/', Buffer.alloc(1024), { signal }),
    ];
    for (const call of calls.map(failureOf)) {
      const error = await call;
      expect(error).toMatchObject({ code: 'DOCKER_CALL', exitCode: 6, host: '127.0.0.1' });
      expect(error.message).toMatch(/etcd|files to/);
      expect(error.message).toContain('No such container: etcd');
    }
  });
});

it('removing a container that is being removed, e.g. for a run that was killed, waits until it is gone', async () => {
  lane.docker.answer = ({ method }, response) =>
    method === 'DELETE'
      ? reply(response, 409, { message: 'removal of container etcd-restore is already in progress' })
      : reply(response, 200, { StatusCode: 0 });
  await docker.remove('etcd-restore', { signal });
  expect(lane.docker.seen.at(-1)).toMatchObject({ method: 'POST', path: '/containers/etcd-restore/wait' });
  expect(lane.docker.seen.at(-1)?.query.get('condition')).toBe('removed');
  answers(409, { message: 'cannot remove container: driver is busy' });
  expect(await failureOf(docker.remove('etcd-restore', { signal }))).toMatchObject({ code: 'DOCKER_CALL' });
});

describe('an image', () => {
  it.each([
    [{ Env: ['PATH=/bin'] }, ['PATH=/bin']],
    [{ Env: null }, []],
    [{}, []],
    [null, []],
    [undefined, []],
  ])('with the configuration %j has the environment %j', async (Config, env) => {
    answers(200, { Id: 'sha256:1', Config });
    expect(await docker.inspectImage('rancher/pause:3.6', { signal })).toEqual({ id: 'sha256:1', env });
  });
});

describe('a call to Docker', () => {
  it('succeeds if the container is already started or stopped', async () => {
    answers(304);
    await docker.start('etcd', { signal });
    await docker.stop('etcd', { signal, seconds: 5 });
    expect(lane.docker.seen.map(({ path }) => path)).toEqual([
      '/containers/etcd/start',
      '/containers/etcd/stop',
    ]);
    expect(lane.docker.seen[1]?.query.get('t')).toBe('5');
  });

  it('may leave a container no time to stop', async () => {
    answers(204);
    await docker.stop('nginx-proxy', { signal, seconds: 0 });
    expect(lane.docker.seen[0]?.query.get('t')).toBe('0');
  });

  it.each([
    ['DOCKER_DISK_FULL', 'mkdir /var/lib/docker/x: no space left on device'],
    ['DOCKER_PORT_IN_USE', 'listen tcp 0.0.0.0:6443: bind: address already in use'],
    ['DOCKER_NO_IMAGE', 'No such image: rancher/rke-tools:v0.1.103'],
    ['DOCKER_CALL', 'something else'],
  ])("fails with %s if Docker's message says so", async (code, message) => {
    answers(500, { message });
    const error = await failureOf(docker.start('etcd', { signal }));
    expect(error).toMatchObject({ code, exitCode: 6, host: '127.0.0.1' });
    expect(error.message).toContain('start etcd');
  });

  it('includes only the beginning of a long error message', async () => {
    answers(500, { message: 'x'.repeat(100_000) });
    const error = await failureOf(docker.start('etcd', { signal }));
    expect(error.message.length).toBeLessThan(1100);
  });

  it('succeeds if Docker has closed a kept connection meanwhile', async () => {
    answers(200, []);
    await Promise.all([docker.list({ signal }), docker.list({ signal }), docker.list({ signal })]);
    lane.docker.closeConnections();
    await vi.waitFor(() => expect(lane.sshd.openChannels).toBe(0));
    for (let count = 0; count < 4; count += 1) expect(await docker.list({ signal })).toEqual([]);
  });

  it('fails with a Docker error if the daemon has stopped', async () => {
    lane.sshd.forwarding = 'refused';
    lane.docker.closeConnections();
    await vi.waitFor(() => expect(lane.sshd.openChannels).toBe(0));
    const error = await failureOf(docker.list({ signal }));
    expect(error).toMatchObject({ code: 'DOCKER_UNREACHABLE', exitCode: 6, details: { retryable: true } });
    expect(error.message).toMatch(/^list containers: .*docker\.sock/);
  });

  it('waits until a container ends', async () => {
    answers(200, { StatusCode: 3, Error: null });
    expect(await docker.wait('job', { signal })).toBe(3);
  });

  it('reads the last lines of a log', async () => {
    const line = (stream: number, text: string): Buffer =>
      Buffer.concat([Buffer.from([stream, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)]);
    lane.docker.answer = (_request, response) =>
      response.end(Buffer.concat([line(1, 'one\n'), line(2, 'two\n'), line(1, 'three\n')]));
    expect(await docker.logs('etcd', { signal, tail: 2 })).toEqual(['two', 'three']);
    expect(Object.fromEntries(lane.docker.seen[0]?.query ?? [])).toMatchObject({
      stdout: 'true',
      stderr: 'true',
      tail: '2',
    });
  });

  it('uploads and downloads files', async () => {
    const archive = Buffer.alloc(300_000, 'tar');
    lane.docker.answer = (request, response) => response.end(request.method === 'GET' ? archive : undefined);
    await docker.putArchive('sidekick', '/etc', archive, { signal });
    expect(lane.docker.seen[0]?.query.get('path')).toBe('/etc');
    expect(lane.docker.seen[0]?.body.equals(archive)).toBe(true);
    expect((await docker.getArchive('sidekick', '/etc', { signal }))?.equals(archive)).toBe(true);
  });

  it('reads the fields of a container that are compared', async () => {
    answers(200, {
      Id: 'abc',
      Name: '/etcd',
      RestartCount: 2,
      Config: { Image: 'etcd:v1', Entrypoint: null, Cmd: ['etcd'], Env: null },
      HostConfig: { Binds: null, SecurityOpt: ['label=disable'] },
      State: {
        Running: false,
        Restarting: true,
        ExitCode: 1,
        Error: 'no such file',
        StartedAt: '2026-11-26T00:00:01.5Z',
      },
    });
    expect(await docker.inspect('etcd', { signal })).toEqual({
      id: 'abc',
      name: 'etcd',
      image: 'etcd:v1',
      entrypoint: [],
      cmd: ['etcd'],
      env: [],
      binds: [],
      securityOpt: ['label=disable'],
      user: '',
      running: false,
      restarting: true,
      restartCount: 2,
      exitCode: 1,
      error: 'no such file',
      startedAt: '2026-11-26T00:00:01.5Z',
    });
  });
});
