import { describe, expect, it } from 'vitest';
import { dockerError, sshError } from '../../src/core/errors.js';
import { observeFiles } from '../../src/execute/observe-files.js';
import type { DockerApi } from '../../src/host/host.js';
import { FakeHost } from '../fakes/host.js';
import { observedContainer, samplePlan } from '../fakes/cluster.js';

const { signal } = new AbortController();
// The kubelet binds the most, `/var/run` among it.
const containers = samplePlan([['controlplane', 'etcd', 'worker']])
  .nodes.flatMap((node) => node.containers)
  .filter(({ name }) => ['kubelet', 'kube-scheduler', 'nginx-proxy'].includes(name))
  .map(observedContainer)
  .toSorted((a, b) => b.binds.length - a.binds.length);

/** Observes the files of a host on which reading through the named containers fails with an error. */
async function observeWith(
  refusals: Readonly<Record<string, Error>>,
): Promise<{ asked: string[]; paths: string[] | undefined }> {
  const asked: string[] = [];
  const docker: DockerApi = {
    ...new FakeHost('10.0.0.1').docker,
    getArchive: (name) => {
      asked.push(name);
      const refusal = refusals[name];
      return refusal === undefined ? Promise.resolve(Buffer.from('tar')) : Promise.reject(refusal);
    },
  };
  const entry = { path: 'kubernetes/ssl/a.pem', content: Buffer.from('a'), mode: 0o600, uid: 0, gid: 0 };
  const unpackFiles = (): Promise<(typeof entry)[]> => Promise.resolve([entry]);
  const files = await observeFiles(containers, docker, { signal, unpackFiles });
  return { asked, paths: files && [...files.keys()] };
}

describe('the files of a host', () => {
  const refused = dockerError('DOCKER_CALL', 'statat var/run: path escapes from parent');

  it('are read through the container with the fewest binds that mounts their directory', async () => {
    expect(await observeWith({})).toEqual({
      asked: ['kube-scheduler'],
      paths: ['/etc/kubernetes/ssl/a.pem'],
    });
  });

  it('are read through another container if Docker refuses', async () => {
    expect(await observeWith({ 'kube-scheduler': refused })).toMatchObject({
      asked: ['kube-scheduler', 'kubelet'],
      paths: [expect.any(String)],
    });
  });

  it('are unknown if Docker refuses for all containers', async () => {
    expect((await observeWith({ 'kube-scheduler': refused, kubelet: refused })).paths).toBeUndefined();
  });

  it('are an error if the connection is lost', async () => {
    const lost = sshError('SSH_CONNECTION_LOST', 'SSH connection lost');
    await expect(observeWith({ 'kube-scheduler': lost })).rejects.toBe(lost);
  });

  it('are kept as text if they are certificates, and only hashed if they contain a key', async () => {
    const certificate = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
    const key = '-----BEGIN RSA PRIVATE KEY-----\nAA==\n-----END RSA PRIVATE KEY-----\n';
    const texts = {
      'a.pem': certificate,
      'a-key.pem': key,
      'both.pem': certificate + key,
      'a.yaml': certificate,
    };
    const entries = Object.entries(texts).map(([name, text]) => {
      return { path: `kubernetes/ssl/${name}`, content: Buffer.from(text), mode: 0o600, uid: 0, gid: 0 };
    });
    const docker: DockerApi = {
      ...new FakeHost('10.0.0.1').docker,
      getArchive: () => Promise.resolve(Buffer.from('tar')),
    };
    const unpackFiles = (): Promise<typeof entries> => Promise.resolve(entries);
    const files = await observeFiles(containers, docker, { signal, unpackFiles });
    const withText = [...(files ?? [])].filter(([, file]) => JSON.stringify(file).includes('BEGIN'));
    expect(withText.map(([path]) => path)).toEqual(['/etc/kubernetes/ssl/a.pem']);
  });
});
