import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { plainYaml } from '../../yaml/plain-yaml.js';

/** The nodes of a cluster file, as commands accept them. Empty if the file cannot be read, or is unfinished. */
export function readNodeNames(config: string, cwd: string): string[] {
  try {
    const { nodes } = Object(plainYaml(readFileSync(resolve(cwd, config), 'utf8'))) as Record<
      string,
      unknown
    >;
    return Array.isArray(nodes) ? nodes.flatMap(nameOf) : [];
  } catch {
    return [];
  }
}

function nameOf(node: unknown): string[] {
  const { hostname_override: name, address } = Object(node) as Record<string, unknown>;
  return [name, address].filter((value) => typeof value === 'string' && value !== '').slice(0, 1) as string[];
}
