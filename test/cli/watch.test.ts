import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { status, type StatusFlags } from '../../src/cli/commands/status.js';
import type { CommandContext } from '../../src/cli/command-context.js';
import { watch, type Render } from '../../src/cli/watch.js';
import { CancelledError } from '../../src/core/errors.js';
import { recordingOutput } from '../report/recording-output.js';
import { useFolder } from './run.js';

const folder = useFolder();

interface Watched {
  readonly context: CommandContext;
  readonly controller: AbortController;
  readonly written: () => string;
}

function start(terminal?: { columns: number; rows: number }): Watched {
  const controller = new AbortController();
  const stdout = recordingOutput(terminal);
  const stderr = recordingOutput();
  return {
    controller,
    written: () => stdout.text() + stderr.text(),
    context: {
      signal: controller.signal,
      io: {
        stdin: new PassThrough() as unknown as NodeJS.ReadStream,
        stdout,
        stderr,
        env: {},
        cwd: folder(),
      },
    },
  };
}

/** Texts of the refreshes; Ctrl-C comes during the last one. */
function refreshes(texts: readonly string[], controller: AbortController): () => Promise<Render> {
  let index = 0;
  return () => {
    const text = texts[index] ?? '';
    index += 1;
    if (index === texts.length) controller.abort(new CancelledError());
    return Promise.resolve(() => text);
  };
}

it('a terminal is redrawn in place, and never scrolls', async () => {
  const { context, controller, written } = start({ columns: 80, rows: 4 });
  const texts = ['one\ntwo\n', 'a\nb\nc\nd\ne\n', ''];
  const end = watch(refreshes(texts, controller), context, { intervalMilliseconds: 1, appends: false });
  await expect(end).rejects.toBeInstanceOf(CancelledError);
  expect(written().split('\u001b[H')).toEqual([
    '',
    'one\u001b[K\ntwo\u001b[K\n\u001b[J',
    'a\u001b[K\nb\u001b[K\n… 3 more lines\u001b[K\n\u001b[J',
  ]);
});

it('a terminal whose size changes is redrawn at once, for its new size and without another refresh', async () => {
  const { context, controller, written } = start({ columns: 80, rows: 24 });
  const listeners = new Set<() => void>();
  const stdout = {
    ...context.io.stdout,
    columns: 80,
    on: (_: 'resize', listener: () => void) => listeners.add(listener),
    off: (_: 'resize', listener: () => void) => listeners.delete(listener),
  };
  let count = 0;
  const refresh = (): Promise<Render> => {
    count += 1;
    return Promise.resolve(() => `${stdout.columns} columns\n`);
  };
  const resized = { ...context, io: { ...context.io, stdout } };
  const end = watch(refresh, resized, { intervalMilliseconds: 3_600_000, appends: false });
  await expect.poll(written).toContain('80 columns');
  stdout.columns = 40;
  for (const listener of listeners) listener();
  expect(written()).toMatch(/\[H40 columns\u001b\[K\n\u001b\[J$/);
  expect(count).toBe(1);
  controller.abort(new CancelledError());
  await expect(end).rejects.toBeInstanceOf(CancelledError);
  expect(listeners.size).toBe(0);
});

it('a pipe gets the texts one after the other', async () => {
  const { context, controller, written } = start();
  const end = watch(refreshes(['one\n', 'two\n', ''], controller), context, {
    intervalMilliseconds: 1,
    appends: true,
  });
  await expect(end).rejects.toBeInstanceOf(CancelledError);
  expect(written()).toBe('one\ntwo\n');
});

it('Ctrl-C ends rke status --watch with 130, at once and without a word', async () => {
  const { context, controller, written } = start();
  await writeFile(join(folder(), 'cluster.yml'), 'nodes: 3\n');
  const flags: StatusFlags = {
    config: ['cluster.yml'],
    output: 'text',
    watch: true,
    interval: 3_600_000,
    concurrency: 50,
    logFormat: 'auto',
  };
  const code = status(flags, context);
  await expect.poll(written, { timeout: 30_000 }).toContain('✗ ');
  const before = written();
  expect(before).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ, every 3600s, Ctrl-C ends\n\n✗ /);
  controller.abort(new CancelledError());
  expect(await code).toBe(130);
  expect(written()).toBe(before);
});
