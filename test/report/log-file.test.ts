import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dockerError } from '../../src/core/errors.js';
import { RunFailedError } from '../../src/core/hosts-error.js';
import { createEventHub } from '../../src/report/event-hub.js';
import { logFilePath, openLogFile } from '../../src/report/log-file.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rke-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const time = '2026-11-21T12:00:00.000Z';

describe('the log file', () => {
  it('is written beside cluster.yml', () => {
    expect(['prod/cluster.yml', 'a.YAML', 'odd'].map(logFilePath)).toEqual([
      'prod/cluster.log',
      'a.log',
      'odd.log',
    ]);
  });

  it('contains every event immediately, readable only by its owner, without secrets', () => {
    const path = join(folder, 'cluster.log');
    writeFileSync(path, 'the run before', { mode: 0o644 });
    const log = openLogFile(path);
    // The hub removes secrets before renderers get events.
    const hub = createEventHub([log], () => Date.parse(time));
    hub.emit({ type: 'debug', message: 'login with password=hunter2' });
    hub.emit({ type: 'state-saved', file: 'cluster.rkestate' });
    // Read before it is closed: a crash must lose nothing.
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    expect(lines).toEqual([
      `{"level":"debug","time":"${time}","type":"debug","message":"login with password=(redacted)"}`,
      `{"level":"info","time":"${time}","type":"state-saved","file":"cluster.rkestate"}`,
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('the run before');
    void log.close();
  });

  it('is continued under another name if another run is active', () => {
    const path = join(folder, 'cluster.log');
    const first = openLogFile(path);
    const second = openLogFile(path, { isShared: true });
    second.onEvent({ time, type: 'debug', message: 'refused' });
    first.onEvent({ time, type: 'debug', message: 'goes on' });
    const messages = readFileSync(path, 'utf8').trim().split('\n');
    expect(messages).toEqual([expect.stringContaining('refused'), expect.stringContaining('goes on')]);
    expect(existsSync(`${path}.1`)).toBe(false);
    void first.close();
    void second.close();
  });

  it('names the line of the first failure', () => {
    const path = join(folder, 'cluster.log');
    const log = openLogFile(path);
    const failure = (message: string): void =>
      log.onEvent({
        time,
        type: 'host-unreachable',
        host: '10.0.0.1',
        error: { code: 'SSH_REFUSED', message },
      });
    log.onEvent({ time, type: 'debug', message: 'with\na line break' });
    expect(log.failedLine).toBeUndefined();
    failure('the first');
    failure('the second');
    log.error(dockerError('PULL_FAILED', 'the last'));
    expect(readFileSync(path, 'utf8').split('\n')[(log.failedLine ?? 0) - 1]).toContain('the first');
    void log.close();
  });

  it('names the line of the error that ended the run if no operation failed, also in the log of another run', () => {
    const path = join(folder, 'cluster.log');
    writeFileSync(path, 'one\ntwo\n');
    const log = openLogFile(path, { isShared: true });
    log.onEvent({ time, type: 'warning', message: 'odd' });
    log.error(dockerError('PULL_FAILED', 'the end'));
    expect(readFileSync(path, 'utf8').split('\n')[(log.failedLine ?? 0) - 1]).toContain('the end');
    void log.close();
  });

  it('contains stacks and causes of errors', () => {
    const path = join(folder, 'cluster.log');
    const log = openLogFile(path);
    const error = dockerError('DOCKER_CALL', 'no such image', { cause: new Error('token=abc') });
    log.error(new RunFailedError([{ title: 'pull', host: '10.0.0.1', error }]));
    void log.close();
    const { errors } = JSON.parse(readFileSync(path, 'utf8')) as {
      errors: { message: string; stack: string }[];
    };
    expect(errors.map(({ message }) => message)).toEqual([
      '1 operations failed',
      'no such image',
      'token=(redacted)',
    ]);
    expect(errors[1]?.stack).toContain('log-file.test.ts');
  });

  it('is omitted if it cannot be written', () => {
    const log = openLogFile(join(folder, 'missing', 'cluster.log'));
    expect(log.path).toBeUndefined();
    log.onEvent({ time, type: 'debug', message: 'x' });
    log.error(new Error('x'));
    void log.close();
  });
});
