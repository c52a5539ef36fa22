import type { CodeOf, ErrorCode } from '../core/codes/error-codes.js';
import { kubeError, type ErrorDetails, type RkeError } from '../core/errors.js';
import { readFields, type Fields } from '../core/fields.js';
import { isRecord } from '../core/stable.js';

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

/** Code by HTTP status, for those that a caller or a user distinguishes. */
const codes: Readonly<Record<number, CodeOf<'kubernetes'>>> = {
  400: 'KUBE_INVALID',
  401: 'KUBE_UNAUTHORIZED',
  403: 'KUBE_FORBIDDEN',
  404: 'KUBE_NOT_FOUND',
  409: 'KUBE_CONFLICT',
  422: 'KUBE_INVALID',
};

const fixes: Readonly<Partial<Record<ErrorCode, string>>> = {
  KUBE_UNAUTHORIZED:
    'use the cluster.rkestate that the cluster was built with: its certificates are of another cluster',
};

/**
 * The error for an answer that is not a success, with the message of the API's Status object.
 *
 * @param what the call, e.g. `apply Deployment kube-system/coredns`
 */
export function answerError(what: string, answer: ApiAnswer, host: string): RkeError {
  const code = codes[answer.status] ?? (isBusy(answer.status) ? 'KUBE_UNAVAILABLE' : 'KUBE_REFUSED');
  const fix = fixes[code];
  const details: ErrorDetails = {
    host,
    retryable: isBusy(answer.status) || answer.status === 409 || isNamespaceMissing(answer),
    ...(fix === undefined ? {} : { fix }),
  };
  return kubeError(code, `cannot ${what}: ${statusText(answer)}`, details);
}

/** True if the server cannot answer now: starting, stopping, overloaded. */
export function isBusy(status: number): boolean {
  return status === 429 || status >= 500;
}

/** Right after its first start the API server answers before it has created kube-system. */
function isNamespaceMissing({ status, body }: ApiAnswer): boolean {
  const details = parseStatus(body)?.['details'];
  return status === 404 && isRecord(details) && details['kind'] === 'namespaces';
}

/** Limit for the words of the API in a message. */
const mostCharacters = 1000;

/** The words of the API for an answer that is not a success. */
export function statusText({ status, body }: ApiAnswer): string {
  const message = parseStatus(body)?.['message'];
  if (typeof message === 'string' && message !== '') return message.slice(0, mostCharacters);
  // Not a Status: from a proxy, or a health text of the API server. One line is enough.
  return `HTTP ${status} ${body.split('\n', 1)[0]?.slice(0, 200) ?? ''}`.trim();
}

/** @returns undefined if the answer is not a Status object */
export function parseStatus(body: string): Fields | undefined {
  const value = readFields(body);
  return value?.['kind'] === 'Status' ? value : undefined;
}
