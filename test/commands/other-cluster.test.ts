import { describe, expect, it } from 'vitest';
import { refuseOtherCluster } from '../../src/commands/up/other-cluster.js';
import type { ObservedHost } from '../../src/reconcile/observed.js';
import { planCluster } from '../../src/run/plan-cluster.js';
import { withCurrent, withDesired } from '../../src/state/next-state.js';
import { a, b, c, catalog, node, specOf, yml } from '../config/running/judge.js';
import { observedFrom, sampleFacts } from '../fakes/cluster.js';

const ca = (name: string): string => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;
const entry = { certificatePEM: ca('ours'), keyPEM: '' };

const member = specOf(yml([node(a, 'role: [controlplane, etcd]'), node(b, 'role: [worker]')]));
const wanted = specOf(yml([node(a, 'role: [controlplane, etcd]'), node(c, 'role: [worker]')]));
const certificates = { 'kube-ca': entry } as unknown as Parameters<typeof withDesired>[2]['certificates'];
const state = withCurrent(withDesired(undefined, member, { certificates, encryptionConfig: '' }));

const plan = (() => {
  const facts = new Map([a, b, c].map((address) => [address, sampleFacts]));
  const inputs = { certificates: {}, encryptionConfig: '' };
  const before = planCluster({ spec: member, catalog }, facts, inputs);
  const now = planCluster({ spec: wanted, catalog }, facts, inputs);
  return { ...now, leaving: before.nodes.filter(({ node: { address } }) => address === b) };
})();

/** Codes and hosts of refusals when hosts have these CAs. */
function refuse(cas: Readonly<Record<string, string>>, known: typeof state | undefined = state): string[] {
  const { hosts } = observedFrom({ ...plan, nodes: [...plan.nodes, ...plan.leaving] });
  const withCa = new Map(
    [...hosts].map(([host, found]): [string, ObservedHost] => {
      const certificate = cas[host];
      const file = { sha256: '', mode: 0o600, uid: 0, gid: 0 };
      const files = new Map([
        ['/etc/kubernetes/ssl/kube-ca.pem', certificate === undefined ? file : { ...file, certificate }],
      ]);
      return [host, { ...found, files }];
    }),
  );
  return refuseOtherCluster(plan, { hosts: withCa }, known).map(({ host = '' }) => host);
}

describe('a host of another cluster', () => {
  it('does not join', () => {
    expect(refuse({ [c]: ca('theirs') })).toEqual([c]);
  });

  it('is not cleaned when it leaves ours', () => {
    expect(refuse({ [b]: ca('theirs') })).toEqual([b]);
  });

  it('is known by its CA, however that is written', () => {
    expect(refuse({ [b]: ca('ours'), [c]: `\n${ca('ours').trim()}\n\n` })).toEqual([]);
  });

  it('may be a member that missed a change of the CA', () => {
    expect(refuse({ [a]: ca('older') })).toEqual([]);
  });

  it('is not concluded from a host without files, or a cluster without a CA', () => {
    expect(refuse({})).toEqual([]);
    expect(
      refuse(
        { [b]: ca('theirs') },
        withDesired(undefined, member, { certificates: {}, encryptionConfig: '' }),
      ),
    ).toEqual([]);
  });
});
