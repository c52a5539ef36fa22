import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../src/cli/run-command.js';
import { CancelledError } from '../../src/core/errors.js';

describe('an interrupted run', () => {
  it.each(['json', 'plain'] as const)(
    'reports as %s that it completes running operations',
    async (logFormat) => {
      const folder = await mkdtemp(join(tmpdir(), 'rke-stop-'));
      const written: string[] = [];
      const controller = new AbortController();
      const out = { write: (text: string) => written.push(text) };
      const io = { stdin: process.stdin, stdout: out, stderr: out, env: {}, cwd: folder };
      const flags = { config: 'cluster.yml', concurrency: 1, logFormat };
      const code = await runCommand(flags, { io, signal: controller.signal }, () => {
        controller.abort(new CancelledError('SIGINT'));
        controller.signal.throwIfAborted();
        return Promise.resolve(undefined);
      });
      await rm(folder, { recursive: true });
      expect(code).toBe(130);
      const lines = written.join('').trimEnd().split('\n');
      expect(lines[0]).toContain('stopping: completing running operations');
      if (logFormat === 'json')
        expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual([
          'warning',
          'run-finished',
        ]);
      expect(lines.at(-1)).toMatch(/nothing was rolled back.*run the same command again/i);
    },
  );
});
