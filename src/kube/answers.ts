import { kubeError } from '../core/errors.js';
import { isRecord } from '../core/stable.js';
import type { KubeObject } from '../plan/cluster-plan-types.js';
import { answerError } from './api-error.js';
import type { HostAnswer } from './control-planes.js';
import type { ListRef } from './kube.js';

export const isSuccess = ({ status }: HostAnswer): boolean => status >= 200 && status < 300;

/** @throws RkeError for anything but a success with an object */
export function readObject(what: string, answer: HostAnswer): KubeObject {
  const value = readJson(what, answer);
  if (isKubeObject(value)) return value;
  throw badAnswer(what, answer);
}

export interface Page {
  readonly items: readonly KubeObject[];
  readonly next: string | undefined;
}

/** Items of a list have no kind and version: the list has them once. */
export function readList({ apiVersion, kind }: ListRef, answer: HostAnswer): Page {
  const what = `list ${kind}`;
  const value = readJson(what, answer);
  const items = isRecord(value) ? value['items'] : undefined;
  if (!isRecord(value) || !Array.isArray(items)) throw badAnswer(what, answer);
  const objects = items.map((item: unknown) => (isRecord(item) ? { apiVersion, kind, ...item } : item));
  if (!objects.every(isKubeObject)) throw badAnswer(what, answer);
  const metadata = isRecord(value['metadata']) ? value['metadata'] : {};
  const next = metadata['continue'];
  return { items: objects, next: typeof next === 'string' && next !== '' ? next : undefined };
}

function readJson(what: string, answer: HostAnswer): unknown {
  if (!isSuccess(answer)) throw answerError(what, answer, answer.host);
  try {
    return JSON.parse(answer.body);
  } catch {
    throw badAnswer(what, answer);
  }
}

function isKubeObject(value: unknown): value is KubeObject {
  if (!isRecord(value) || typeof value['apiVersion'] !== 'string' || typeof value['kind'] !== 'string')
    return false;
  return isRecord(value['metadata']) && typeof value['metadata']['name'] === 'string';
}

function badAnswer(what: string, { host, status }: HostAnswer): Error {
  return kubeError('KUBE_BAD_ANSWER', `cannot ${what}: invalid answer of the API (HTTP ${status})`, { host });
}
