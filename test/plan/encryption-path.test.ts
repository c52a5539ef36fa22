import { describe, expect, it } from 'vitest';
import { describeStep } from '../../src/commands/plan/describe-steps.js';
import { planKeyRotation } from '../../src/plan/encryption/key-rotation.js';
import { planEncryptionPath } from '../../src/plan/encryption/encryption-path.js';
import type { EncryptionInput } from '../../src/plan/encryption/encryption-step.js';
import {
  renderCustomEncryption,
  renderEncryption,
} from '../../src/plan/encryption/encryption-configuration.js';

const key = (name: string): { name: string; secret: string } => ({ name, secret: name.repeat(44) });
const [o, f] = [key('o'), key('f')];
const old = renderEncryption([o]);
const learned = renderEncryption([o, f]);
const used = renderEncryption([f, o]);
const fresh = renderEncryption([f]);
const ending = renderEncryption([o], { ending: true });
const providers = (...list: object[]): object => ({
  resources: [{ resources: ['secrets'], providers: list }],
});
const aescbc = (secret: string): object => ({ aescbc: { keys: [{ name: 'mine', secret }] } });
const keys = (kind: string, ...list: [name: string, secret: string][]): object => ({
  [kind]: { keys: list.map(([name, secret]) => ({ name, secret })) },
});
const mine = providers(aescbc('M'.repeat(44)), { identity: {} });
const custom = renderCustomEncryption(mine);
const customOff = renderCustomEncryption(providers({ identity: {} }, aescbc('M'.repeat(44))));

const createKey = (): typeof f => f;
const input = (change: Partial<EncryptionInput>): EncryptionInput => ({
  choice: 'generated',
  desired: '',
  current: '',
  isNew: false,
  controlPlanes: 3,
  createKey,
  ...change,
});

/** Steps as `writes with < reads with`, with an exclamation mark if all Secrets are re-encrypted. */
function stepsOf(change: Partial<EncryptionInput>): string[] {
  return planEncryptionPath(input(change)).steps.map((step) => {
    const { writes, reads, rewrite } = describeStep(step);
    return `${writes} < ${reads.join(' ')}${rewrite ? ' !' : ''}`;
  });
}

describe('planEncryptionPath plans the steps', () => {
  it.each<[string, Partial<EncryptionInput>, string[]]>([
    ['to turn encryption on with one control plane', { controlPlanes: 1 }, ['f < f !']],
    ['to turn it on with several, where all learn the key first', {}, ['clear text < f', 'f < f !']],
    [
      'to turn it on after an interruption before all knew the key',
      { desired: ending },
      ['clear text < o', 'o < o !'],
    ],
    [
      'to turn it on after an interruption while the key came into use',
      { desired: old, current: ending },
      ['o < o !'],
    ],
    ['if it is on already: none', { desired: old, current: old }, []],
    ['to turn it off', { choice: 'off', desired: old, current: old }, ['clear text < o !', 'clear text < ']],
    [
      'to turn it off after an interruption',
      { choice: 'off', desired: ending, current: old },
      ['clear text < o !', 'clear text < '],
    ],
    [
      'to turn it off after an interruption of the last step',
      { choice: 'off', desired: '', current: ending },
      ['clear text < '],
    ],
    ['if it was never on: none', { choice: 'off' }, []],
    ['to turn it on again while it is being turned off', { desired: ending, current: old }, ['o < o !']],
    [
      'to turn it on again at the last step of that',
      { desired: '', current: ending },
      ['clear text < o', 'o < o !'],
    ],
    [
      'to turn it off during a key rotation',
      { choice: 'off', desired: used, current: learned },
      ['clear text < o f !', 'clear text < '],
    ],
    ['to switch to a custom configuration', { choice: 'custom', customConfig: mine }, ['custom_config <  !']],
    [
      'if it is the custom configuration already: none',
      { choice: 'custom', customConfig: mine, desired: custom, current: custom },
      [],
    ],
    [
      'if it is the custom configuration already, with the state of RKE v1: none',
      { choice: 'custom', customConfig: mine, desired: old, current: custom },
      [],
    ],
    ['if it was a custom configuration, which stays: none', { desired: custom, current: custom }, []],
  ])('%s', (_, change, expected) => {
    expect(stepsOf(change)).toEqual(expected);
  });

  it('creates the first key of a new cluster without a step', () => {
    expect(planEncryptionPath(input({ isNew: true }))).toEqual({ steps: [], text: fresh });
  });

  it('turns off a custom configuration that is only in the state', () => {
    const off = { choice: 'off', earlierConfigs: [mine] } as const;
    const texts = (change: Partial<EncryptionInput>): string[] =>
      planEncryptionPath(input({ ...off, ...change })).steps.map(({ text }) => text);
    expect(texts({ desired: custom, current: custom })).toEqual([customOff, '']);
    expect(texts({ desired: customOff, current: custom })).toEqual([customOff, '']);
    expect(texts({ desired: '', current: customOff })).toEqual([customOff, '']);
    expect(texts({ desired: custom, current: old })).toEqual([customOff, '']);
  });

  it.each<[string, string, Partial<EncryptionInput>]>([
    ['ENCRYPTION_CUT_OFF', 'for an unknown configuration', { choice: 'off', desired: custom, current: old }],
    ['ENCRYPTION_CUT_OFF', 'for one that only some hosts have', { desired: custom, current: old }],
    [
      'ENCRYPTION_KEY_MISSING',
      'for one without the key in use',
      { choice: 'custom', customConfig: mine, desired: old, current: old },
    ],
  ])('refuses with %s %s', (code, _, change) => {
    expect(() => planEncryptionPath(input(change))).toThrow(
      expect.objectContaining({ code, exitCode: 4 }) as Error,
    );
  });

  it('refuses to turn off a configuration that encrypts more than Secrets', () => {
    const wide = { resources: [{ resources: ['secrets', 'configmaps'], providers: [aescbc('M')] }] };
    const text = renderCustomEncryption(wide);
    const change = { choice: 'off', desired: text, current: text, earlierConfigs: [wide] } as const;
    expect(() => planEncryptionPath(input(change))).toThrow(
      expect.objectContaining({ code: 'ENCRYPTION_CUSTOM' }) as Error,
    );
  });

  it('compares keys of the custom configuration by name and bytes, in both base64 alphabets', () => {
    const safe = { name: 'k', secret: `${'-_'.repeat(21)}w=` };
    const text = renderEncryption([safe]);
    const to = (customConfig: object): string[] =>
      stepsOf({ choice: 'custom', customConfig, desired: text, current: text });
    const secret = `${'+/'.repeat(21)}w=`;
    expect(to(providers(keys('aescbc', ['k', secret])))).toHaveLength(1);
    // Stored objects start with the provider and the name of the key.
    expect(() => to(providers(keys('aescbc', ['other', secret])))).toThrow(/encrypted with the key k/);
    expect(() => to(providers(keys('aesgcm', ['k', secret])))).toThrow(/encrypted with the key k/);
    expect(() =>
      to({ resources: [{ resources: ['configmaps'], providers: [keys('aescbc', ['k', secret])] }] }),
    ).toThrow(/encrypted with the key k/);
  });
});

describe('a custom configuration that cannot read what is stored', () => {
  const [a, b] = [
    keys('secretbox', ['a', 'A'.repeat(43) + '=']),
    keys('aesgcm', ['b', 'B'.repeat(43) + '=']),
  ];
  const identity = { identity: {} };
  const text = (...list: object[]): string => renderCustomEncryption(providers(...list));
  const of =
    (...resources: string[]) =>
    (...list: object[]): object => ({ resources: [{ resources, providers: list }] });

  it.each<[string, object, Partial<EncryptionInput>, RegExp]>([
    ['clear text without identity', providers(a), {}, /Secrets that are stored in clear text/],
    [
      'clear text while encryption is being turned off',
      providers(aescbc('o'.repeat(44))),
      { desired: ending, current: ending },
      /in clear text/,
    ],
    ['a first run that was cut off', providers(a), { desired: text(a), current: '' }, /in clear text/],
    [
      'the key of another custom configuration',
      providers(a, identity),
      { desired: text(b), current: text(b) },
      /with the key b/,
    ],
    [
      'the same secret with another provider',
      providers(keys('aescbc', ['b', 'B'.repeat(43) + '='])),
      { desired: text(b), current: text(b) },
      /with the key b/,
    ],
    [
      'a key of an interrupted run',
      providers(a, identity),
      { desired: text(b, a), current: text(a) },
      /with the key b/,
    ],
    [
      'other objects in clear text',
      of('secrets', 'configmaps')(a),
      { desired: text(a), current: text(a) },
      /objects of configmaps that are stored in clear text/,
    ],
    [
      'a wildcard without clear text',
      of('*.*')(a),
      { desired: text(a), current: text(a) },
      /objects of \*\.\* that are stored in clear text/,
    ],
    [
      'objects that are no longer in it',
      providers(a),
      {
        desired: renderCustomEncryption(of('secrets', 'pods')(a)),
        current: renderCustomEncryption(of('secrets', 'pods')(a)),
      },
      /objects of pods that are encrypted with the key a/,
    ],
  ])('is refused before an API server gets it: %s', (_, customConfig, state, message) => {
    const attempt = (): string[] => stepsOf({ choice: 'custom', customConfig, ...state });
    expect(attempt).toThrow(
      expect.objectContaining({ code: 'ENCRYPTION_KEY_MISSING', exitCode: 4 }) as Error,
    );
    expect(attempt).toThrow(message);
  });

  it.each<[string, object, Partial<EncryptionInput>]>([
    ['identity last', providers(a, identity), {}],
    ['a new cluster without identity', providers(a), { isNew: true }],
    [
      'identity removed after everything was encrypted',
      providers(a),
      { desired: text(a, identity), current: text(a, identity) },
    ],
    ['the old key taken away after its rotation', providers(a), { desired: text(a, b), current: text(a, b) }],
    ['the new key first', providers(b, a), { desired: text(a, b), current: text(a, b) }],
    ['a wildcard that includes Secrets', of('*.')(a, identity), { desired: text(a), current: text(a) }],
    ['back to the one before', providers(a), { desired: text(b, a), current: text(a) }],
    [
      'a generated key among others',
      providers(a, keys('aescbc', ['o', o.secret])),
      { desired: old, current: old },
    ],
  ])('is accepted with %s', (_, customConfig, state) => {
    expect(() => stepsOf({ choice: 'custom', customConfig, ...state })).not.toThrow();
  });
});

describe('a key rotation', () => {
  it.each([
    ['one control plane', 1, old, old, [used, fresh]],
    ['more: all get to know the key first', 3, old, old, [learned, used, fresh]],
    ['cut off while they get to know it', 3, learned, old, [learned, used, fresh]],
    ['cut off while it comes into use', 3, used, learned, [used, fresh]],
    ['the same with one control plane', 1, used, old, [used, fresh]],
    ['cut off while the old key goes', 3, fresh, used, [fresh]],
    ['RKE with both keys', 3, old, used, [used, fresh]],
    ['RKE with the new key alone', 3, old, fresh, [used, fresh]],
  ])('%s', (_, controlPlanes, desired, current, expected) => {
    const made: string[] = [];
    const steps = planKeyRotation({
      desired,
      current,
      controlPlanes,
      createKey: () => {
        made.push('f');
        return f;
      },
    });
    expect(steps.map(({ text }) => text)).toEqual(expected);
    expect(steps.map(({ rewrite }) => rewrite)).toEqual(expected.map((text) => text === used));
    expect(made).toEqual(desired === old && current === old ? ['f'] : []);
    // rke up completes a rotation but never starts one.
    const up = stepsOf({ desired, current, controlPlanes });
    expect(up).toHaveLength(desired === current ? 0 : steps.length);
  });
});
