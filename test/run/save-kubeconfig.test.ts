import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../src/config/cluster-spec.js';
import type { CertificateBundle } from '../../src/pki/certificates.js';
import { createKeyFactory } from '../../src/pki/key-factory.js';
import { saveKubeconfig } from '../../src/run/save-kubeconfig.js';
import { useFolder } from '../cli/run.js';
import { recordingSink } from '../fakes/recording-sink.js';
import { kubeconfigText, reconcile, rkeBundle, rkeSpec } from '../pki/takeover.js';

const folder = useFolder();
const path = (): string => join(folder(), 'kube_config_cluster.yml');
const first = 'https://172.30.0.81:6443';
const balancer = 'https://api.example.com:6443';
const stateOf = (spec: ClusterSpec, bundle: CertificateBundle) => ({
  desiredState: { rkeConfig: spec, certificatesBundle: bundle },
  currentState: { rkeConfig: spec, certificatesBundle: bundle },
});
const base64 = (text: string | undefined): string => Buffer.from(text ?? '').toString('base64');

/** The same cluster after `rke cert rotate`, and after `--rotate-ca`. */
let rotated: CertificateBundle;
let renewed: CertificateBundle;
beforeAll(async () => {
  const key = await createKeyFactory()();
  const createKey = (): Promise<string> => Promise.resolve(key);
  const names = new Set(['kube-admin']);
  ({ bundle: rotated } = await reconcile(rkeSpec, rkeBundle, {
    createKey,
    rotation: { names, includesCas: false },
  }));
  ({ bundle: renewed } = await reconcile(rkeSpec, rkeBundle, {
    createKey,
    rotation: { names, includesCas: true },
  }));
}, 30_000);

/** The kubeconfig and its backup after a run, and the warnings. */
async function run(
  text: string | undefined,
  { spec = rkeSpec, bundle = rkeBundle }: { spec?: ClusterSpec; bundle?: CertificateBundle } = {},
): Promise<{ text: string; bak: string | undefined; told: readonly string[] }> {
  if (text !== undefined) await writeFile(path(), text, { mode: 0o600 });
  const events = recordingSink();
  await saveKubeconfig(path(), { spec, bundle, state: stateOf(rkeSpec, rkeBundle), events });
  const bak = (await readdir(folder())).includes('kube_config_cluster.yml.bak')
    ? await readFile(`${path()}.bak`, 'utf8')
    : undefined;
  const told = events.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  return { text: await readFile(path(), 'utf8'), bak, told };
}

/** Edits that people make to a kubeconfig of this cluster. */
const edits: readonly (readonly [what: string, edit: (text: string) => string])[] = [
  ['a load balancer as server', (text) => text.replace(first, balancer)],
  ['a comment', (text) => `# for the CI\n${text}\n`],
  ['a namespace', (text) => text.replace('    user: ', '    namespace: shop\n    user: ')],
  ['a proxy', (text) => text.replace('    server: ', '    proxy-url: socks5://localhost:1080\n    server: ')],
  ['another name of the context', (text) => text.replaceAll('"three"', 'prod')],
  [
    'a second cluster',
    (text) =>
      text
        .replace('contexts:', '- cluster: {server: "https://192.0.2.1:6443"}\n  name: lab\ncontexts:')
        .replace('current-context:', '- context: {cluster: lab, user: me}\n  name: lab\ncurrent-context:')
        .concat('\n- name: me\n  user: {token: abc}\n'),
  ],
];

describe('the kubeconfig beside cluster.yml', () => {
  it('is created with access for its owner only', async () => {
    expect(await run(undefined)).toEqual({ text: kubeconfigText, bak: undefined, told: [] });
    expect((await stat(path())).mode & 0o777).toBe(0o600);
  });

  it('gets mode 0600 and loses temporary files of a killed run even if its text is unchanged', async () => {
    for (const text of [kubeconfigText, `# mine\n${kubeconfigText}`]) {
      await writeFile(path(), text);
      await chmod(path(), 0o640);
      await writeFile(`${path()}.0123456789ab.tmp`, 'half');
      expect(await run(text)).toEqual({ text, bak: undefined, told: [] });
      expect((await stat(path())).mode & 0o777).toBe(0o600);
      expect((await readdir(folder())).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    }
  });

  it.each(edits)('is not changed if it has %s', async (_what, edit) => {
    const edited = edit(kubeconfigText);
    expect(edited).not.toBe(kubeconfigText);
    const { text, bak } = await run(edited);
    expect([text, bak]).toEqual([edited, undefined]);
  });

  it.each(edits)('gets new certificates and keeps %s, with a backup and a warning', async (_what, edit) => {
    for (const bundle of [rotated, renewed]) {
      const edited = edit(kubeconfigText);
      const { text, bak, told } = await run(edited, { bundle });
      const values = [
        ['kube-ca', 'certificatePEM'],
        ['kube-admin', 'certificatePEM'],
        ['kube-admin', 'keyPEM'],
      ] as const;
      let expected = edited;
      for (const [name, part] of values)
        expected = expected.replaceAll(base64(rkeBundle[name]?.[part]), base64(bundle[name]?.[part]));
      expect(text).toBe(expected);
      expect(text).toContain(base64(bundle['kube-admin']?.keyPEM));
      expect(bak).toBe(edited);
      expect(told[0]).toContain('kube_config_cluster.yml.bak');
    }
  });

  it('is replaced without a warning if it was not edited', async () => {
    for (const bundle of [rotated, renewed])
      expect(await run(kubeconfigText, { bundle })).toEqual({
        text: bundle['kube-admin']?.config,
        bak: undefined,
        told: [],
      });
  });

  it.each(['172.30.0.82', '172.30.0.83'])(
    'may have any control-plane host as its server: %s',
    async (address) => {
      const other = kubeconfigText.replace('172.30.0.81', address);
      expect(await run(other)).toEqual({ text: other, bak: undefined, told: [] });
      const { text } = await run(other, { bundle: rotated });
      expect(text).toBe(rotated['kube-admin']?.config.replace('172.30.0.81', address));
    },
  );

  it('gets another control-plane host if its server was removed, edited or not', async () => {
    const spec = { ...rkeSpec, nodes: rkeSpec.nodes.slice(1) };
    const { bundle } = await reconcile(spec, rkeBundle);
    const written = kubeconfigText.replace('172.30.0.81', '172.30.0.82');
    expect(await run(kubeconfigText, { spec, bundle })).toEqual({ text: written, bak: undefined, told: [] });
    const { text, bak } = await run(`# mine\n${kubeconfigText}`, { spec, bundle });
    expect([text, bak]).toEqual([`# mine\n${written}`, `# mine\n${kubeconfigText}`]);
  });

  it.each([
    ['invalid YAML', '{'],
    ['not a kubeconfig', 'nodes: []\n'],
    [
      'the kubeconfig of another cluster',
      'apiVersion: v1\nkind: Config\nclusters:\n- cluster: {server: "https://192.0.2.1"}\n  name: x\n',
    ],
  ])('is replaced if it is %s, with a backup and a warning', async (_what, other) => {
    const { text, bak, told } = await run(other);
    expect([text, bak]).toEqual([kubeconfigText, other]);
    expect(told).toEqual([expect.stringContaining('was not a kubeconfig of this cluster')]);
  });

  it('gets the new CA and kube-admin if the cluster was recreated on the same hosts', async () => {
    const { bundle } = await reconcile(rkeSpec);
    const events = recordingSink();
    await writeFile(path(), `# mine\n${kubeconfigText}`);
    await saveKubeconfig(path(), { spec: rkeSpec, bundle, state: undefined, events });
    expect(await readFile(path(), 'utf8')).toBe(`# mine\n${bundle['kube-admin']?.config ?? ''}`);
  }, 30_000);

  it('causes a warning if its server is not in the certificate of kube-apiserver', async () => {
    const edited = kubeconfigText.replace(first, balancer);
    const { told } = await run(edited);
    expect(told).toEqual([expect.stringContaining('add api.example.com to authentication.sans')]);
    const spec = { ...rkeSpec, authentication: { ...rkeSpec.authentication, sans: ['api.example.com'] } };
    const { bundle } = await reconcile(spec, rkeBundle);
    expect((await run(edited, { spec, bundle })).told).toEqual([]);
  });
});
