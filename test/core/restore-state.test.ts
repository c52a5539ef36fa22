import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { restoreStateFix } from '../../src/core/codes/restore-state.js';
import { useFolder } from '../cli/run.js';

const folder = useFolder();

/** Runs the command of the fix, and answers its questions. @returns true if it succeeded */
function restore(file: string, answers: string): boolean {
  const command = /^[^`]*`([^`]+)`/.exec(restoreStateFix(file))?.[1] ?? '';
  try {
    execFileSync('sh', ['-c', command], { input: answers, stdio: ['pipe', 'ignore', 'ignore'] });
    return true;
  } catch {
    return false;
  }
}

describe('the command that restores a state file', () => {
  it.each(['plain', "my cluster's"])('keeps the invalid file in the directory %s', (name) => {
    mkdirSync(join(folder(), name));
    const file = join(folder(), name, 'cluster.rkestate');
    writeFileSync(file, 'invalid');
    writeFileSync(`${file}.bak`, 'valid');
    expect(restore(file, 'y\n')).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('valid');
    expect(readFileSync(`${file}.replaced`, 'utf8')).toBe('invalid');
  });

  it('changes nothing if there is no previous version', () => {
    const file = join(folder(), 'cluster.rkestate');
    writeFileSync(file, 'invalid');
    expect(restore(file, 'y\n')).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe('invalid');
  });

  it('overwrites no file without an answer', () => {
    const file = join(folder(), 'cluster.rkestate');
    writeFileSync(file, 'second');
    writeFileSync(`${file}.replaced`, 'first');
    writeFileSync(`${file}.bak`, 'valid');
    restore(file, '');
    expect(readFileSync(file, 'utf8')).toBe('second');
    expect(readFileSync(`${file}.replaced`, 'utf8')).toBe('first');
  });
});
