import { describe, expect, it } from 'vitest';
import { heedChecks } from '../../src/run/checks/check-hosts.js';
import { RunFailedError } from '../../src/core/hosts-error.js';
import type { CheckResult } from '../../src/reconcile/checks/check-result.js';
import { recordingSink } from '../fakes/recording-sink.js';

const result = (status: CheckResult['status'], host = '10.0.0.1'): CheckResult => ({
  check: 'machine-id',
  host,
  status,
  message: 'it is so',
  fix: status === 'ok' ? '' : 'mend it',
});

describe('heedChecks', () => {
  it('tells warnings with host and fix, and goes on', () => {
    const sink = recordingSink();
    heedChecks([result('ok'), result('warning')], sink);
    expect(sink.events).toEqual([{ type: 'warning', host: '10.0.0.1', message: 'it is so; mend it' }]);
  });

  it('stops at what failed, and names it on all hosts at once', () => {
    const results = [result('failed'), result('warning'), result('failed', '10.0.0.2')];
    const sink = recordingSink();
    let thrown: unknown;
    try {
      heedChecks(results, sink);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(RunFailedError);
    expect(thrown).toMatchObject({
      exitCode: 6,
      failures: ['10.0.0.1', '10.0.0.2'].map((host) => ({
        host,
        error: { code: 'CHECK_MACHINE_ID', fix: 'mend it' },
      })),
    });
    expect(sink.events).toHaveLength(1);
  });
});
