import { isHostAndPort } from '../../core/url.js';

const folder = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;

/**
 * Why a url of a registry cannot be put before the name of an image, and what to write: a host, a port and folders alone.
 *
 * @returns undefined for one that can be, and for an empty one, which means docker.io
 */
export function registryUrlFault(url: string): string | undefined {
  if (url === '' || isRegistry(url)) return undefined;
  const bare = url
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/^[^@/]*@/, '')
    .replace(/[?#].*$/, '')
    .replace(/\/+(?:v[12]\/*)?$/, '')
    .replaceAll(/\/{2,}/g, '/');
  const meant = /^(?:index|registry-1|registry|hub)\.docker\.(?:io|com)$/.test(bare) ? 'docker.io' : bare;
  if (meant !== url && isRegistry(meant)) return `${reasonOf(url)}; write ${meant}`;
  const [host = '', ...folders] = meant.split('/');
  const lower = [host, ...folders.map((one) => one.toLowerCase())].join('/');
  return isRegistry(lower)
    ? `the path of an image is in lower case; write ${lower}`
    : 'it is not a registry; expected host, host:port or host:port/path';
}

function reasonOf(url: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return 'a registry has no scheme';
  if (url.includes('@')) return 'user and password are keys of their own';
  return url.trim() === url ? 'no image name can begin with it' : 'it has a space at an end';
}

function isRegistry(url: string): boolean {
  const [host = '', ...folders] = url.split('/');
  return isHostAndPort(host) && folders.every((one) => folder.test(one));
}
