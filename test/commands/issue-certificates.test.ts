import { describe, expect, it } from 'vitest';
import { issueCertificates } from '../../src/commands/up/issue-certificates.js';
import { recordingSink } from '../fakes/recording-sink.js';
import { rkeBundle, rkeSpec } from '../pki/takeover.js';

const state = { desiredState: { certificatesBundle: rkeBundle }, currentState: {} };

describe('rke up with a CA that expires', () => {
  it('continues, and warns of both CAs in their last year', async () => {
    const events = recordingSink();
    await issueCertificates({ spec: rkeSpec }, state, { events, now: new Date('2036-01-01T00:00:00Z') });
    const told = events.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    expect(told).toEqual([
      expect.stringMatching(/^the CA kube-ca expires on 2036-11-18 \(322 days left\): .*--rotate-ca/),
      expect.stringMatching(/^the CA kube-apiserver-requestheader-ca expires on 2036-11-18/),
    ]);
  });

  it.each([
    ['is dead', '2036-11-19T00:00:00Z', 'CA_EXPIRED'],
    ['is not valid yet', '2026-11-20T00:00:00Z', 'CA_NOT_YET_VALID'],
  ])('stops if it %s', async (_what, now, code) => {
    const issuing = issueCertificates({ spec: rkeSpec }, state, {
      events: recordingSink(),
      now: new Date(now),
    });
    await expect(issuing).rejects.toMatchObject({ code, exitCode: 4 });
  });
});
