import { describe, expect, it } from 'vitest';
import { adoptManagedFields } from '../../../src/plan/addons/managed-fields.js';
import type { KubeObject } from '../../../src/plan/cluster-plan-types.js';

const objectWith = (managedFields: unknown): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', managedFields },
  }) as KubeObject;
const entry = (manager: string, operation: string, fieldsV1: object, more: object = {}) => ({
  ...{ manager, operation, apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1 },
  ...more,
});

describe('adoptManagedFields', () => {
  it('turns the fields of kubectl apply into ours, together with those that are ours already', () => {
    const other = entry('kube-webhook-certgen', 'Update', { 'f:webhooks': {} });
    const adopted = adoptManagedFields(
      objectWith([
        entry('rke', 'Apply', { 'f:data': { 'f:a': {}, 'f:b': {} } }),
        entry('kubectl-client-side-apply', 'Update', { 'f:data': { 'f:b': {}, 'f:c': {} } }),
        other,
      ]),
    );
    expect(adopted).toEqual([
      other,
      entry('rke', 'Apply', { 'f:data': { 'f:a': {}, 'f:b': {}, 'f:c': {} } }),
    ]);
  });

  it('leaves everything else to its manager', () => {
    const status = entry(
      'kubectl-client-side-apply',
      'Update',
      { 'f:status': {} },
      { subresource: 'status' },
    );
    const objects = [
      objectWith(undefined),
      objectWith([status, entry('kubectl-edit', 'Update', { 'f:data': {} })]),
    ];
    expect(objects.map(adoptManagedFields)).toEqual([undefined, undefined]);
  });
});
