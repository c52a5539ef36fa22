import { describe, expect, it } from 'vitest';
import { failuresOf, warningsOf } from '../../src/run/checks/check-hosts.js';
import type { CheckResult } from '../../src/reconcile/checks/check-result.js';

const result = (status: CheckResult['status'], host = '10.0.0.1'): CheckResult => ({
  check: 'machine-id',
  host,
  status,
  message: 'two hosts have the same machine ID',
  fix: status === 'ok' ? '' : 'give each its own',
});
const results = [result('ok'), result('failed'), result('warning'), result('failed', '10.0.0.2')];

describe('the results of host checks', () => {
  it('become warnings with their host and fix', () => {
    expect(warningsOf(results)).toEqual([
      { host: '10.0.0.1', message: 'two hosts have the same machine ID; give each its own' },
    ]);
  });

  it('become one failure for each host on which a check failed', () => {
    expect(failuresOf(results)).toMatchObject(
      ['10.0.0.1', '10.0.0.2'].map((host) => ({
        title: 'check machine-id',
        host,
        error: { code: 'CHECK_MACHINE_ID', exitCode: 6, fix: 'give each its own' },
      })),
    );
  });
});
