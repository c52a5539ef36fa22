import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The license texts of everything in an executable besides rke.
 *
 * @param packages directories of npm packages, relative to the repository
 * @param node the license of Node, with those of its parts
 */
export async function collectLicenses(packages: readonly string[], node: string): Promise<string> {
  const texts = await Promise.all(packages.map(readLicense));
  return [`# Node\n\n${node.trim()}\n`, ...texts].join('\n');
}

async function readLicense(path: string): Promise<string> {
  const { name, version, license } = JSON.parse(
    await readFile(`${root}${path}/package.json`, 'utf8'),
  ) as Record<string, string>;
  const file = (await readdir(`${root}${path}`)).sort().find((one) => /^licen[cs]e/i.test(one));
  const text =
    file === undefined
      ? `License: ${license ?? 'unknown'}`
      : await readFile(`${root}${path}/${file}`, 'utf8');
  return `# ${name ?? path} ${version ?? ''}\n\n${text.trim()}\n`;
}
