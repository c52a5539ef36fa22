import { describe, expect, it } from 'vitest';
import { findStateRefusals } from '../../src/commands/config/state-refusals.js';
import type { CertificateBundle } from '../../src/pki/certificates.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { node, specOf, yml } from '../config/running/judge.js';
import { now, rkeBundle } from '../pki/takeover.js';

const spec = specOf(yml([node('10.0.0.1')]));

function messagesFor(certificatesBundle: CertificateBundle, at = now): string[] {
  const half = { rkeConfig: spec, certificatesBundle };
  const state = { desiredState: half, currentState: half } as unknown as ClusterState;
  return findStateRefusals(spec, state, 'cluster.rkestate', at).map(
    ({ severity, code, message }) => `${severity} ${code}: ${message}`,
  );
}

describe('rke config validate with a state file', () => {
  it('adds nothing without one, or if it can be used', () => {
    expect(findStateRefusals(spec, undefined, 'cluster.rkestate')).toEqual([]);
    expect(messagesFor(rkeBundle)).toEqual([]);
  });

  it('warns of certificates with which up would stop, with the way out', () => {
    const broken = {
      ...rkeBundle,
      'kube-ca': { ...rkeBundle['kube-ca'], keyPEM: 'gone' },
    } as CertificateBundle;
    expect(messagesFor(broken)).toEqual([
      expect.stringMatching(/^warning state-refused: `rke up` would stop: in cluster.rkestate, .*; \S/),
    ]);
  });

  it('warns of an expired CA', () => {
    expect(messagesFor(rkeBundle, new Date('2060-01-01'))).toEqual([
      expect.stringMatching(/`rke up` would stop: .*CA kube-ca expired.*rke cert rotate --rotate-ca/),
    ]);
  });
});
