import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';

it('a reader that closes the pipe early, such as `head`, leads neither to an error nor to a stack trace', async () => {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'test/tools/dev.ts', 'config', '--list-version', '--all'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.once('data', () => child.stdout.destroy());
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
