import { LABEL } from './settings.js';
import { must, run, type Ran, type RunOptions } from './process.js';

/** One Docker engine, through its command line, so that the lab is independent of the code it tests. */
export class Docker {
  /** The engine's socket, as a DOCKER_HOST. */
  readonly host: string;

  constructor(host: string) {
    this.host = host;
  }

  /** Expects success. @returns stdout */
  run(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return must('docker', ['-H', this.host, ...args], options);
  }

  try(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return run('docker', ['-H', this.host, ...args], options);
  }

  /** The ids of the objects with a label. */
  async labelled(
    kind: 'container' | 'volume' | 'network' | 'image',
    label: string = LABEL,
  ): Promise<string[]> {
    const all = kind === 'container' ? ['-a'] : [];
    return lines(await this.run([kind, 'ls', '-q', ...all, '--filter', `label=${label}`]));
  }

  async has(kind: 'container' | 'volume' | 'network' | 'image', name: string): Promise<boolean> {
    return (await this.try([kind, 'inspect', name])).code === 0;
  }
}

export const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
