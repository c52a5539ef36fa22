import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { diagnosticCodes } from '../../src/core/codes/diagnostic-codes.js';
import { errorCodes, exitCodesOf, type ErrorCode } from '../../src/core/codes/error-codes.js';
import { CancelledError, dockerError, etcdError, RkeError } from '../../src/core/errors.js';
import type { CheckName } from '../../src/reconcile/checks/check-result.js';

const codes = Object.keys(errorCodes) as ErrorCode[];

describe('the tables of codes', () => {
  it('have only codes that the program uses', () => {
    const root = fileURLToPath(new URL('../../src/', import.meta.url));
    const text = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.startsWith('core/codes/'))
      .map((path) => readFileSync(root + path, 'utf8'))
      .join('\n');
    const used = new Set(Array.from(text.matchAll(/'([A-Za-z][\w-]+)'/g), ([, code]) => code));
    const ofNodes = ['duplicate-address', 'duplicate-hostname_override', 'duplicate-internal_address'];
    expect(Object.keys(diagnosticCodes).filter((code) => !used.has(code))).toEqual(ofNodes);
    expect(codes.filter((code) => !used.has(code) && !code.startsWith('CHECK_'))).toEqual([]);
    expect(codes.filter((code) => code.startsWith('CHECK_')).sort()).toEqual(
      checkNames.map((name) => `CHECK_${name.toUpperCase().replaceAll('-', '_')}`).sort(),
    );
  });

  it('have each code once', () => {
    const folder = fileURLToPath(new URL('../../src/core/codes/', import.meta.url));
    const all = readdirSync(folder)
      .filter((file) => file.endsWith('-codes.ts'))
      .flatMap((file) => [...readFileSync(folder + file, 'utf8').matchAll(/^  ([A-Z][A-Z0-9_]+): \{/gm)])
      .map(([, code]) => code);
    expect(all.filter((code, index) => all.indexOf(code) !== index)).toEqual([]);
    expect(all.toSorted()).toEqual(codes.toSorted());
  });

  it('have a summary and a fix for each code, without a full stop', () => {
    const texts: string[] = Object.values(errorCodes).flatMap(({ summary, fix }) => [summary, fix]);
    expect(texts.filter((text) => text === '' || text.endsWith('.'))).toEqual([]);
  });
});

describe('RkeError', () => {
  it('takes the exit code of its code from the table', () => {
    expect(new RkeError('STATE_MISSING', 'no state').exitCode).toBe(4);
    expect(dockerError('PULL_FAILED', 'no image').exitCode).toBe(6);
  });

  it('has the exit code of its class if the code has several', () => {
    expect(exitCodesOf('NOT_HEALTHY')).toEqual([6, 7, 8]);
    expect(etcdError('NOT_HEALTHY', 'etcd is down').exitCode).toBe(8);
    expect(new CancelledError('SIGTERM').exitCode).toBe(143);
  });

  it('compiles only with a code of the table, and of the right class', () => {
    // @ts-expect-error no such code
    expect(() => new RkeError('NO_SUCH_CODE', 'text')).toThrow();
    // @ts-expect-error a code with several exit codes needs one
    expect(new RkeError('CANCELLED', 'text').exitCode).toBe(130);
    // @ts-expect-error a code of another class
    expect(dockerError('STATE_MISSING', 'text').code).toBe('STATE_MISSING');
  });
});

const checkNames = Object.keys({
  docker: true,
  clock: true,
  disk: true,
  memory: true,
  'machine-id': true,
  hostname: true,
  cgroup: true,
  'kernel-modules': true,
  swap: true,
  leftovers: true,
  sysctl: true,
  'storage-driver': true,
} satisfies Record<CheckName, true>);
