import { sum } from '../../core/sum.js';

/** One record in the answer to a pull. */
interface PullRecord {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

const reportEveryMilliseconds = 500;

/** Limit for one record; those of Docker have a few hundred. */
const mostCharacters = 2 ** 20;

/** Limit; Docker accepts images of up to 127. */
const mostLayers = 10_000;

/**
 * Reads the answer to a pull to its end. Docker answers 200 and reports a failure in the stream, so each record is read.
 *
 * @param onRecord called for each record, whatever its content
 * @throws Error with the words of Docker
 */
export async function followPull(
  stream: NodeJS.ReadableStream,
  {
    onRecord,
    onProgress,
  }: {
    readonly onRecord?: () => void;
    readonly onProgress?: ((progress: { currentBytes: number; totalBytes: number }) => void) | undefined;
  },
): Promise<void> {
  const layers = new Map<string, { current: number; total: number }>();
  const report = (): void => {
    const all = [...layers.values()];
    onProgress?.({
      currentBytes: sum(all.map((layer) => layer.current)),
      totalBytes: sum(all.map((layer) => layer.total)),
    });
  };
  let reportedAt: number | undefined;
  for await (const line of linesOf(stream)) {
    onRecord?.();
    const record = JSON.parse(line) as PullRecord;
    const failure = record.errorDetail?.message ?? record.error;
    if (failure !== undefined) throw new Error(failure);
    if (!note(record, layers)) continue;
    if (layers.size > mostLayers) throw new Error(`Docker reports more than ${mostLayers} layers`);
    const now = performance.now();
    if (reportedAt !== undefined && now - reportedAt < reportEveryMilliseconds) continue;
    reportedAt = now;
    report();
  }
  if (reportedAt !== undefined) report();
}

/** @returns true if the record says how much of a layer has arrived */
function note(record: PullRecord, layers: Map<string, { current: number; total: number }>): boolean {
  const { id, status, progressDetail: { current, total } = {} } = record;
  if (id === undefined) return false;
  const layer = layers.get(id);
  if (status === 'Downloading' && current !== undefined && total !== undefined)
    layers.set(id, { current, total });
  else if (status === 'Download complete' && layer !== undefined) layer.current = layer.total;
  else return false;
  return true;
}

/** Unlike readline, throws the error of a stream that breaks off. */
async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = `${rest}${chunk as string}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > mostCharacters) throw new Error('Docker sent an invalid progress record');
    yield* lines.filter((line) => line.trim() !== '');
  }
  if (rest.trim() !== '') yield rest;
}
