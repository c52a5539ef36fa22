import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { plainYaml } from '../../yaml/plain-yaml.js';

/**
 * The nodes of a cluster, as commands accept them.
 *
 * @param files the cluster file and its overlays: the last one with a list of nodes replaces those before
 * @returns an empty list if no file has nodes, or can be read
 */
export function readNodeNames(files: readonly string[], cwd: string): string[] {
  return (
    files.map((file) => nodesIn(resolve(cwd, file))).findLast((nodes) => nodes !== undefined) ?? []
  ).flatMap(nameOf);
}

function nodesIn(file: string): unknown[] | undefined {
  try {
    const { nodes } = Object(plainYaml(readFileSync(file, 'utf8'))) as Record<string, unknown>;
    return Array.isArray(nodes) ? nodes : undefined;
  } catch {
    return undefined;
  }
}

function nameOf(node: unknown): string[] {
  const { hostname_override: name, address } = Object(node) as Record<string, unknown>;
  return [name, address].filter((value) => typeof value === 'string' && value !== '').slice(0, 1) as string[];
}
