import { describe, expect, it } from 'vitest';
import {
  addonRecordsRef,
  parseRecords,
  recordOf,
  recordPatch,
  recordsObject,
} from '../../../src/plan/addons/addon-record.js';
import { objectRef } from '../../../src/plan/addons/object-ref.js';
import { planAddons } from '../../../src/plan/addons/plan-addons.js';
import { catalog, sampleSpec } from './sample-spec.js';

const addons = planAddons(sampleSpec(), catalog);
const records = new Map(addons.map((addon) => [addon.name, recordOf(addon)]));

describe('add-on records', () => {
  it('come back as they were written, whole or one by one', () => {
    expect(parseRecords(recordsObject(records))).toEqual(records);
    const data = Object.assign(
      {},
      ...addons.map((addon) => recordPatch(addon.name, recordOf(addon)).data),
    ) as object;
    expect(parseRecords({ ...recordsObject(), data })).toEqual(records);
  });

  it('are in one Secret, because the hash of an object with a password could be guessed', () => {
    expect(objectRef(recordsObject())).toEqual(addonRecordsRef);
    expect(recordsObject()).not.toHaveProperty('data');
  });

  it('are read from the ConfigMap of early versions, unless the Secret has them', () => {
    const text = (hash: string): string => JSON.stringify({ hash, objects: [] });
    const former = { ...recordsObject(), kind: 'ConfigMap', data: { a: text('1'), b: text('1') } };
    const now = { ...recordsObject(new Map([['b', { hash: '2', objects: [] }]])) };
    expect([...parseRecords(now, former)].map(([name, { hash }]) => [name, hash])).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
  });

  it('differ as soon as an object does, and not by the order of keys', () => {
    const [addon] = addons;
    if (addon === undefined) throw new Error('no add-on');
    const reversed = addon.objects.map((object) => Object.fromEntries(Object.entries(object).reverse()));
    expect(recordOf({ ...addon, objects: reversed as never })).toEqual(recordOf(addon));
    expect(recordOf({ ...addon, objects: addon.objects.slice(1) }).hash).not.toBe(recordOf(addon).hash);
  });

  it('are removed by null', () => {
    expect(recordPatch('rke-metrics-addon', undefined)).toEqual({ data: { 'rke-metrics-addon': null } });
  });

  it.each([
    undefined,
    'not JSON',
    '{}',
    '{"hash":1,"objects":[]}',
    '{"hash":"a","objects":[{"kind":"Pod"}]}',
    7,
  ])('count as missing when they cannot be read: %j', (text) => {
    const encoded = typeof text === 'string' ? Buffer.from(text).toString('base64') : text;
    expect(parseRecords({ ...recordsObject(), data: { 'rke-authz': encoded } }).size).toBe(0);
    expect(parseRecords(undefined, { ...recordsObject(), data: { 'rke-authz': text } }).size).toBe(0);
  });

  it('are none if there is no Secret, or an empty one', () => {
    expect(parseRecords(undefined).size).toBe(0);
    expect(parseRecords(recordsObject()).size).toBe(0);
  });
});
