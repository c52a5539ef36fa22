import { describe, expect, it } from 'vitest';
import { renderFlags, applyExtraArgs, applyServiceOptions } from '../../src/plan/container/flags.js';

const service = { image: '' };

describe('applyServiceOptions', () => {
  it('lets the catalogue override built-in flags', () => {
    expect(applyServiceOptions({ v: '1', bind: 'a' }, { v: '2' })).toEqual({ v: '2', bind: 'a' });
  });

  it('removes a flag whose option is empty', () => {
    expect(
      applyServiceOptions({ 'enforce-node-allocatable': 'pods' }, { 'enforce-node-allocatable': '' }),
    ).toEqual({});
  });

  it('keeps an empty built-in flag that the catalogue does not set', () => {
    expect(applyServiceOptions({ 'cloud-provider': '' }, {})).toEqual({ 'cloud-provider': '' });
  });
});

describe('applyExtraArgs', () => {
  it('lets the user override flags, and make them empty but not remove them', () => {
    expect(applyExtraArgs({ v: '2', x: '1' }, { ...service, extraArgs: { v: '4', x: '' } })).toEqual({
      v: '4',
      x: '',
    });
  });
});

describe('renderFlags', () => {
  it('sorts by name, whatever the order of the input', () => {
    const sorted = ['--a=1', '--b=', '--c=3'];
    expect(renderFlags({ c: '3', a: '1', b: '' }, service)).toEqual(sorted);
    expect(renderFlags({ b: '', c: '3', a: '1' }, service)).toEqual(sorted);
  });

  it('appends extra_args_array in its order, even with a flag of the same name', () => {
    const extraArgsArray = { z: ['2', '1'], a: ['9'] };
    expect(renderFlags({ a: '1' }, { ...service, extraArgsArray })).toEqual([
      '--a=1',
      '--a=9',
      '--z=2',
      '--z=1',
    ]);
  });
});
