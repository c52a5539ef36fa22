import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireHelm } from '../../../src/run/helm/helm-version.js';
import { renderRelease, type RenderInput } from '../../../src/run/helm/render-release.js';
import { runHelm } from '../../../src/run/helm/run-helm.js';
import { chartFixture, fakeHelm, realHelm } from './fake-helm.js';

const secret = 'correct-horse-battery';
const release = {
  name: 'demo',
  namespace: 'team-a',
  chart: 'demo',
  repo: 'https://charts.example.com',
  version: '1.2.3',
  values: { bootstrapPassword: secret },
};
const input: RenderInput = {
  release,
  files: { chart: undefined, values: [] },
  kubernetesVersion: 'v1.30.4-rancher1-1',
  apiVersions: [],
};
const { signal } = new AbortController();
const options = { signal, fetches: true };
/** A repository with one chart. */
const pulls =
  'if [ "$1" = pull ]; then while [ "$1" != --destination ]; do shift; done; echo chart > "$2/demo-1.2.3.tgz"; exit 0; fi';

describe('a release', () => {
  it('is rendered twice, with values in files of mode 600 that are removed, and never in arguments', async () => {
    const { program, directory } = await fakeHelm(`${pulls}
for file in "$@"; do case $file in */values-*) stat -c '%a' "$file"; cat "$file"; esac; done`);
    const rendered = await renderRelease(
      { ...input, apiVersions: ['a.example.com/v1'], files: { chart: undefined, values: ['replicas: 2\n'] } },
      { ...options, program },
    );
    expect(rendered).toMatchObject({ ok: true, inputs: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    const text = `600\nreplicas: 2\n600\n${JSON.stringify(release.values)}`;
    expect(rendered).toHaveProperty('manifests', [text, text]);
    const calls = await readFile(join(directory, 'calls'), 'utf8');
    expect(calls).toMatch(
      /^pull demo --repo https:\/\/charts\.example\.com --destination \S+ --version=1\.2\.3\n/,
    );
    expect(calls).toMatch(
      /\ntemplate demo \S+demo-1\.2\.3\.tgz --namespace team-a --kube-version v1\.30\.4 --include-crds --api-versions=a\.example\.com\/v1 --values \S+ --values \S+\n/,
    );
    expect(calls).not.toContain(secret);
    expect(
      readdirSync(tmpdir()).filter((name) => calls.includes(name) && name.startsWith('rke-helm-')),
    ).toEqual([]);
  });

  it.each([
    [
      'https://charts.example.com',
      /^repo update rke --repository-config (\S+)\npull rke\/demo --destination \S+ --version=1\.2\.3 --repository-config/,
    ],
    [
      'oci://charts.example.com/team/',
      /^pull oci:\/\/charts\.example\.com\/team\/demo --destination \S+ --version=1\.2\.3 --registry-config (\S+)\n/,
    ],
  ])('of the private repository %s is pulled with a login in a file of mode 600', async (repo, call) => {
    const { program, directory } = await fakeHelm(`
for file in "$@"; do case $file in */repositories.yaml|*/registry.json) { stat -c %a "$file"; cat "$file"; } > "$(dirname "$0")/login"; esac; done
${pulls}`);
    const rendered = await renderRelease(
      { ...input, release: { ...release, repo, username: 'puller', password: secret } },
      { ...options, program },
    );
    expect(rendered.ok).toBe(true);
    expect(await readFile(join(directory, 'calls'), 'utf8')).toMatch(call);
    expect(await readFile(join(directory, 'calls'), 'utf8')).not.toContain(secret);
    const login = await readFile(join(directory, 'login'), 'utf8');
    expect(login).toMatch(/^600\n/);
    expect(login).toMatch(new RegExp(`${secret}|${Buffer.from(`puller:${secret}`).toString('base64')}`));
  });

  it.each([
    ['exits with an error', 'echo "Error: chart demo not found" >&2; exit 1', 'chart demo not found'],
    ['exits without a word', 'exit 3', 'helm pull ended with exit code 3'],
    ['is killed', 'kill -9 $$', 'helm pull ended with SIGKILL'],
    ['writes no chart', 'exit 0', 'helm pull wrote no chart'],
    [
      'prints values in its error',
      `echo "coalesce: warning" >&2; echo "Error: execution error at (x.yaml:1:2): bad password ${secret} ${Buffer.from(secret).toString('base64')}" >&2; exit 1`,
      'execution error at (x.yaml:1:2): bad password (redacted)',
    ],
    ['floods its output', `${pulls}; yes | head -c 40000000`, 'helm template printed more than 32 MiB'],
  ])('reports why if helm %s', async (_what, script, reason) => {
    const { program } = await fakeHelm(script);
    const rendered = await renderRelease(input, { ...options, program });
    expect(rendered).toEqual({ ok: false, reason: expect.stringContaining(reason) as string });
    expect(JSON.stringify(rendered)).not.toContain(secret);
    expect(JSON.stringify(rendered)).not.toContain(Buffer.from(secret).toString('base64'));
  });

  it('keeps a chart of an exact version, and needs no repository for it afterwards', async () => {
    const { program, directory } = await fakeHelm(pulls);
    const cached = { ...options, program, cacheDir: join(directory, 'cache') };
    const before = await renderRelease(input, { ...cached, fetches: false });
    expect(before).toEqual({ ok: false, reason: expect.stringContaining('not fetched yet') as string });
    const first = await renderRelease(input, cached);
    const second = await renderRelease(input, { ...cached, fetches: false });
    expect(first.ok && second).toEqual(first);
    await renderRelease({ ...input, release: { ...release, version: '^1.2' } }, cached);
    const calls = await readFile(join(directory, 'calls'), 'utf8');
    expect(calls.match(/^pull/gm)).toHaveLength(2);
  });

  it('has other inputs with another value, chart, or minor version of Kubernetes, and the same with another patch', async () => {
    const { program } = await fakeHelm(pulls);
    const inputsOf = async (change: Partial<RenderInput>): Promise<string> => {
      const rendered = await renderRelease({ ...input, ...change }, { ...options, program });
      return rendered.ok ? rendered.inputs : rendered.reason;
    };
    const same = await inputsOf({});
    expect(await inputsOf({ kubernetesVersion: 'v1.30.9-rancher1-1' })).toBe(same);
    expect(await inputsOf({ kubernetesVersion: 'v1.31.1-rancher1-1' })).not.toBe(same);
    expect(await inputsOf({ release: { ...release, values: { a: false } } })).not.toBe(same);
    expect(await inputsOf({ files: { chart: chartFixture, values: [] } })).not.toBe(same);
  });
});

describe('the program helm', () => {
  it('is killed with what it has started when its time is up', async () => {
    const { program } = await fakeHelm('sleep 600 & wait');
    const result = await runHelm(['template'], { program, signal, milliseconds: 300 });
    expect(result).toEqual({ ok: false, reason: 'helm template did not end within 0.3 s' });
  });

  it('is killed when the run is interrupted', async () => {
    const { program } = await fakeHelm('sleep 600');
    const controller = new AbortController();
    const running = runHelm(['template'], { program, signal: controller.signal, milliseconds: 60_000 });
    controller.abort(new Error('stopped by SIGINT'));
    await expect(running).rejects.toThrow('stopped by SIGINT');
  });

  it('gets no passphrase of rke, no kubeconfig, and no wish to print values', async () => {
    const { program } = await fakeHelm('env');
    const env = {
      PATH: process.env['PATH'],
      RKE_STATE_PASSPHRASE: secret,
      KUBECONFIG: '/k',
      HELM_DEBUG: 'true',
      HTTPS_PROXY: 'http://p',
    };
    const result = await runHelm(['env'], { program, env, signal, milliseconds: 10_000 });
    expect(result.ok && result.stdout).toContain('HTTPS_PROXY=http://p');
    expect(result.ok && result.stdout).not.toMatch(/RKE_|KUBECONFIG|HELM_DEBUG/);
  });

  it.each([
    ['/nowhere/helm', 'HELM_MISSING', '/nowhere/helm is not found'],
    ['/etc/passwd', 'HELM_MISSING', '/etc/passwd is not executable'],
  ])('%s is reported as missing, once and with the fix', async (program, code, message) => {
    await expect(requireHelm({ program, signal })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
      details: { fix: expect.stringContaining('set RKE_HELM') as string },
    });
  });

  it.each(['v3.8.0', 'v3.22.0', 'v4.0.4', 'v3.15.0-rc.1+g1'])('may be %s', async (version) => {
    const { program } = await fakeHelm('', version);
    await expect(requireHelm({ program, signal })).resolves.toBeUndefined();
  });

  it.each([
    ['v3.7.2', 'is helm v3.7.2'],
    ['v2.17.0', 'is helm v2.17.0'],
    ['v5.0.0', 'is helm v5.0.0'],
    ['Client: &version.Version{}', 'does not report a version of helm'],
  ])('must not be %s', async (version, message) => {
    const { program } = await fakeHelm('', version);
    await expect(requireHelm({ program, signal })).rejects.toMatchObject({
      code: 'HELM_VERSION',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe.skipIf(realHelm === undefined)('the real helm', () => {
  const program = realHelm;
  const local = { name: 'demo', namespace: 'team-a', path: chartFixture };

  it('is of a known version and renders a directory with its CRDs', async () => {
    await requireHelm({ program, signal });
    const rendered = await renderRelease(
      {
        ...input,
        release: { ...local, values: { message: 'good day' } },
        files: { chart: chartFixture, values: ['message: overridden\n'] },
        apiVersions: ['lab.rke.io/v2/Gauge'],
      },
      { ...options, program },
    );
    const [first, second] = rendered.ok ? rendered.manifests : ['', ''];
    expect(first).toContain('message: "good day"');
    expect(first).toContain('kubernetes: "v1.30.4"');
    expect(first).toContain('hasGauges: "true"');
    expect(first).toContain('kind: CustomResourceDefinition');
    expect(first).not.toBe(second);
  });

  it('says why a chart refuses its values, without the values', async () => {
    const rendered = await renderRelease(
      {
        ...input,
        release: { ...local, values: { fail: `no ${secret}` } },
        files: { chart: chartFixture, values: [] },
      },
      { ...options, program },
    );
    expect(rendered).toEqual({
      ok: false,
      reason: expect.stringMatching(
        /^execution error at \(lab-chart\/templates\/objects\.yaml:1:\d+\): \(redacted\)$/,
      ) as string,
    });
  });
});
