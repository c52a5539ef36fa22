/** One record of the stream that a pull answers with. */
interface PullRecord {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

const tellEveryMilliseconds = 500;

/** Of one record; Docker's have a few hundred. */
const mostCharacters = 2 ** 20;

/** Docker itself takes images of up to 127. */
const mostLayers = 10_000;

/**
 * Reads the stream of a pull to its end. Docker answers 200 and then says in the stream that it failed, so each record
 * is looked at.
 *
 * @param onRecord called for each record, whatever it says
 * @throws Error with Docker's words
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
  const tell = (): void => {
    const all = [...layers.values()];
    onProgress?.({
      currentBytes: sum(all.map((layer) => layer.current)),
      totalBytes: sum(all.map((layer) => layer.total)),
    });
  };
  let told: number | undefined;
  for await (const line of linesOf(stream)) {
    onRecord?.();
    const record = JSON.parse(line) as PullRecord;
    const failure = record.errorDetail?.message ?? record.error;
    if (failure !== undefined) throw new Error(failure);
    if (!note(record, layers)) continue;
    if (layers.size > mostLayers) throw new Error('Docker tells of more layers than any image has');
    const now = performance.now();
    if (told !== undefined && now - told < tellEveryMilliseconds) continue;
    told = now;
    tell();
  }
  if (told !== undefined) tell();
}

/** @returns whether the record says how much of a layer has come */
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

/** Unlike readline's, these end with the stream's error where it breaks off. */
async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = `${rest}${chunk as string}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > mostCharacters) throw new Error('Docker answers with something that is no progress');
    yield* lines.filter((line) => line.trim() !== '');
  }
  if (rest.trim() !== '') yield rest;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
