import { describe, expect, it } from 'vitest';
import { decodeState, encodeState } from '../../src/state/codec.js';
import { withCurrent, withDesired } from '../../src/state/next-state.js';
import { rkeBundle, rkeEncryption, rkeSpec, stateText } from '../pki/takeover.js';

const decode = (text: string): ReturnType<typeof decodeState> => decodeState(text, 'cluster.rkestate');

const rkeSecrets = { certificates: rkeBundle, encryptionConfig: rkeEncryption };
const none = { certificates: {}, encryptionConfig: '' };

describe('a state file of RKE v1', () => {
  it('is written back byte for byte', () => {
    expect(encodeState(decode(stateText))).toBe(stateText);
  });

  it('stays the same after a run that changes nothing', () => {
    const before = decode(stateText);
    const after = withDesired(before, reversed(rkeSpec), rkeSecrets);
    expect(encodeState(after)).toBe(stateText);
    expect(encodeState(withCurrent(after))).toBe(
      encodeState({ ...before, currentState: before.desiredState }),
    );
  });

  it('keeps unknown fields, in their place', () => {
    const text =
      '{\n  "future": {\n    "z": 1,\n    "a": null\n  },\n  "desiredState": {\n    "later": "x"\n  },\n  "currentState": {}\n}';
    const state = decode(text);
    expect(encodeState(state)).toBe(text);
    const next = withCurrent(withDesired(state, rkeSpec, rkeSecrets));
    expect(next).toMatchObject({
      future: { z: 1, a: null },
      desiredState: { later: 'x' },
      currentState: { later: 'x' },
    });
  });

  it('may have only one of its halves', () => {
    expect(decode('{"desiredState":{}}')).toEqual({ desiredState: {}, currentState: {} });
  });
});

describe('a new state', () => {
  it('is escaped the same as by Go, and has the fields that Go never omits', () => {
    const { cloudProvider, bastionHost, restore, ...bare } = rkeSpec;
    expect([cloudProvider, bastionHost, restore]).toEqual([{}, {}, {}]);
    const text = encodeState(withDesired(undefined, { ...bare, clusterName: '<a>&\u2028\u2029' }, none));
    expect(text).toContain('"clusterName": "\\u003ca\\u003e\\u0026\\u2028\\u2029"');
    expect(decode(text).desiredState.rkeConfig).toMatchObject({
      cloudProvider: {},
      bastionHost: {},
      restore: {},
    });
    expect(decode(text).currentState).toEqual({});
    expect(text.endsWith('\n}')).toBe(true);
  });

  it('removes an encryption config that is no longer desired', () => {
    const state = { desiredState: {}, currentState: { encryptionConfig: 'old' } };
    const secrets = { ...rkeSecrets, encryptionConfig: '' };
    expect(withCurrent(withDesired(state, rkeSpec, secrets)).currentState).not.toHaveProperty(
      'encryptionConfig',
    );
  });
});

describe('an invalid state', () => {
  it.each([
    ['STATE_EMPTY', ''],
    ['STATE_EMPTY', ' \n'],
    ['STATE_TRUNCATED', stateText.slice(0, 5000)],
    ['STATE_TRUNCATED', stateText.slice(0, -2)],
    ['STATE_NOT_JSON', 'cluster_name: three\n'],
    ['STATE_NOT_JSON', '{"desiredState": {,}}'],
    ['STATE_FOREIGN', '[]'],
    ['STATE_FOREIGN', 'null'],
    ['STATE_FOREIGN', '{"apiVersion": "v1"}'],
    ['STATE_FOREIGN', '{"desiredState": []}'],
    ['STATE_FOREIGN', '{"desiredState": {"certificatesBundle": {"kube-ca": {"certificatePEM": ""}}}}'],
    ['STATE_FOREIGN', '{"currentState": {"encryptionConfig": 1}}'],
    ['STATE_FUTURE', '{"stateVersion": 2, "desiredState": {}, "currentState": {}}'],
    ['STATE_FUTURE', '{"version": "3", "desiredState": {}}'],
  ])('is refused with %s, with the file and a fix', (code, text) => {
    const expected = { code, exitCode: 4, fix: expect.stringContaining('cluster.rkestate.bak') as string };
    expect(() => decode(text)).toThrow(expect.objectContaining(expected));
    expect(() => decode(text)).toThrow(/^cluster\.rkestate /);
  });

  it.each([
    ['desiredState.rkeConfig is not an object', { rkeConfig: 'x' }],
    ['desiredState.rkeConfig.nodes is not a list', { rkeConfig: { nodes: { address: 'a' } } }],
    [
      'desiredState.rkeConfig.nodes[1].role is not a list of strings',
      { rkeConfig: { nodes: [node(), { ...node(), role: 'etcd' }] } },
    ],
    ['desiredState.rkeConfig.nodes[0].address is not a string', { rkeConfig: { nodes: [{ address: 1 }] } }],
    ['desiredState.rkeConfig.services is not an object', { rkeConfig: { services: [] } }],
    ['desiredState.rkeConfig.kubernetesVersion is not a string', { rkeConfig: { kubernetesVersion: 1.3 } }],
    ['desiredState.certificatesBundle is not an object', { certificatesBundle: [] }],
    [
      'desiredState.certificatesBundle.a.path is not a string',
      { certificatesBundle: { a: { ...rkeBundle['kube-ca'], path: 1 } } },
    ],
  ])('is refused after a manual edit: %s', (fault, desiredState) => {
    expect(() => decode(JSON.stringify({ desiredState, currentState: {} }))).toThrow(
      `cluster.rkestate is not a state file of rke (${fault})`,
    );
  });

  it('is reported without its content', () => {
    const spoilt = stateText.replace('"keyPEM": "-----BEGIN', '"keyPEM": -----BEGIN');
    expect(() => decode(spoilt)).toThrow(/^cluster\.rkestate is not valid JSON \(error at position \d+\)$/);
  });
});

const node = (): object => ({ address: '10.0.0.1', role: ['etcd'] });

/** The same value with the members of every object in reverse order. */
function reversed<Value>(value: Value): Value;
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => reversed(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]: [string, unknown]) => [name, reversed(member)]),
  );
}
