import type { S3Backup } from '../config/cluster-spec.js';
import { withDeadline } from '../core/deadline.js';
import type { CallOptions, HostReader } from '../host/host.js';
import { readInstanceRole } from './instance-role.js';
import { readListing, readS3Error } from './read-xml.js';
import type { S3Api, S3Object } from './s3.js';
import { sendRequest, type HttpAnswer } from './send-request.js';
import { signRequest, type S3Keys, type UnsignedRequest } from './sign-request.js';

/** Limit for one request, from dialling to the end of the answer; a listing has up to a thousand objects. */
const requestMilliseconds = 20_000;

/** A bucket with more objects under one prefix is not one for snapshots. */
const mostPages = 50;

/** A client for buckets. Tests give other limits. */
export function createS3({ milliseconds = requestMilliseconds } = {}): S3Api {
  return {
    list: async (host, bucket, { prefix, signal }) => {
      const objects: S3Object[] = [];
      const send = createSender(host, bucket, milliseconds);
      let token: string | undefined;
      let time: number | undefined;
      for (let page = 0; page === 0 || token !== undefined; page++) {
        if (page === mostPages) throw new Error(`the prefix has more than ${objects.length} objects`);
        const query: Record<string, string> = {
          'list-type': '2',
          delimiter: '/',
          prefix,
          ...(token === undefined ? {} : { 'continuation-token': token }),
        };
        const answer = await send({ method: 'GET', key: '', query }, { signal });
        const found = readListing(answer.body);
        objects.push(...found.objects);
        time = timeOf(answer);
        token = found.next;
      }
      return { objects, time };
    },
    remove: async (host, bucket, { key, signal }) => {
      await createSender(host, bucket, milliseconds)({ method: 'DELETE', key, query: {} }, { signal });
    },
  };
}

type BucketRequest = Pick<UnsignedRequest, 'method' | 'query'> & { readonly key: string };
type Send = (request: BucketRequest, options: CallOptions) => Promise<HttpAnswer>;

/** Knows what it learns from answers: the region of the bucket, the clock of the service, the keys of the role. */
function createSender(host: HostReader, bucket: S3Backup, milliseconds: number): Send {
  let region = bucket.region ?? '';
  let aheadMilliseconds = 0;
  let roleKeys: S3Keys | undefined;
  const once: Send = async (request, { signal }) => {
    const { accessKey = '', secretKey = '' } = bucket;
    if (accessKey === '' && secretKey === '') roleKeys ??= await readInstanceRole(host, { signal });
    const { hostname, port, header, path } = locate(bucket, region, request.key);
    const { target, headers } = signRequest(
      { method: request.method, host: header, path, query: request.query },
      {
        keys: roleKeys ?? { accessKey, secretKey },
        region: region === '' ? 'us-east-1' : region,
        time: new Date(Date.now() + aheadMilliseconds),
      },
    );
    const tls = { customCa: bucket.customCa };
    return sendRequest(
      host,
      { method: request.method, host: hostname, port, target, headers, tls },
      { signal },
    );
  };
  return async (request, { signal }) => {
    const send = (): Promise<HttpAnswer> =>
      withDeadline({ milliseconds, signal }, (limited) => once(request, { signal: limited }));
    let answer = await send();
    // What a first answer teaches: the clock of this machine has no part in a snapshot, and AWS moves requests to the region.
    const before = { region, aheadMilliseconds };
    const taught = readS3Error(answer.body);
    const time = timeOf(answer);
    if (taught?.code === 'RequestTimeTooSkewed' && time !== undefined)
      aheadMilliseconds = time * 1000 - Date.now();
    if ((bucket.region ?? '') === '' && answer.status >= 300)
      region = headerOf(answer, 'x-amz-bucket-region') ?? taught?.region ?? region;
    if (region !== before.region || aheadMilliseconds !== before.aheadMilliseconds) answer = await send();
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw refusal(answer);
  };
}

function refusal(answer: HttpAnswer): Error {
  const error = readS3Error(answer.body);
  const what = error === undefined ? '' : `${error.code}: ${error.message}`;
  return new Error(`HTTP ${answer.status}${what === '' ? '' : ` ${what}`}`);
}

const globalEndpoint = 's3.amazonaws.com';

/**
 * Where an object of a bucket is. The bucket is part of the path, as every service accepts, except Alibaba's, for which rke-tools
 * has the same exception (main.go getBucketLookupType). The endpoint of AWS without a region serves only us-east-1.
 */
function locate(
  { endpoint, bucketName = '' }: S3Backup,
  region: string,
  key: string,
): { readonly hostname: string; readonly port: number; readonly header: string; readonly path: string } {
  const url = new URL(`https://${endpoint}`);
  const isGlobal = url.hostname === globalEndpoint;
  const host =
    isGlobal && region !== '' && region !== 'us-east-1' ? `s3.${region}.amazonaws.com` : url.hostname;
  const inName = host.includes('aliyun');
  const named = inName ? `${bucketName}.${host}` : host;
  const port = url.port === '' ? 443 : Number(url.port);
  return {
    hostname: named.replace(/^\[(.*)\]$/, '$1'),
    port,
    header: port === 443 ? named : `${named}:${port}`,
    path: inName ? `/${key}` : `/${bucketName}${key === '' ? '' : `/${key}`}`,
  };
}

function headerOf({ headers }: HttpAnswer, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The header `date`, in seconds. */
function timeOf(answer: HttpAnswer): number | undefined {
  const milliseconds = Date.parse(headerOf(answer, 'date') ?? '');
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}
