import { kernelModules } from './facts-command.js';

/**
 * What the checks know of a host. Every member may be missing: where a tool is not there or a file is closed to the
 * user, nothing is concluded.
 */
export interface CheckFacts {
  readonly clock?: ClockFact;
  /** Where Docker keeps its data, and where etcd keeps or would keep its own. */
  readonly disks: { readonly docker?: DiskFact; readonly etcd?: DiskFact };
  readonly memoryKib?: number;
  readonly swapKib?: number;
  readonly machineId?: string;
  readonly hostname?: string;
  /** Kernel modules of which it is known whether the kernel has them, loaded or not. */
  readonly modules: ReadonlyMap<string, boolean>;
  /** The CA certificate in /etc/kubernetes/ssl: its text without white space, '' where it cannot be read. */
  readonly authority?: string;
  /** Data of an etcd. `closed`: the directory has something in it, but the user may not look. Absent: not known. */
  readonly etcdData?: 'data' | 'closed' | 'none';
}

export interface ClockFact {
  /** Ahead of ours where positive, in milliseconds. */
  readonly offset: number;
  /** How far `offset` may be off either way: the answer took a while. */
  readonly uncertainty: number;
}

export interface DiskFact {
  readonly freeKib: number;
  /** Mount point: two folders on the same disk have the same. */
  readonly mount: string;
}

/**
 * Reads what the command printed.
 *
 * @param sentAt when it was sent and `receivedAt` when the answer was there, in milliseconds of our clock
 */
export function parseFacts(
  output: string,
  { sentAt, receivedAt }: { readonly sentAt: number; readonly receivedAt: number },
): CheckFacts {
  const values = new Map(
    output.split('\n').flatMap((line): [string, string][] => {
      const [, name, value = ''] = /^([a-z._-]+[a-z])=(.*)$/.exec(line.trim()) ?? [];
      return name === undefined ? [] : [[name, value.trim()]];
    }),
  );
  const number = (name: string): number | undefined => numberIn(values.get(name));
  return withoutUndefined({
    clock: clockOf(number('time'), { sentAt, receivedAt }),
    disks: withoutUndefined({
      docker: diskOf(values.get('disk.docker')),
      etcd: diskOf(values.get('disk.etcd')),
    }),
    memoryKib: number('memory'),
    swapKib: number('swap'),
    machineId: values.get('machine-id') || undefined,
    hostname: values.get('hostname') || undefined,
    modules: new Map(
      kernelModules.flatMap((module): [string, boolean][] => {
        const has = values.get(`module.${module}`);
        return has === undefined ? [] : [[module, has === 'yes']];
      }),
    ),
    authority: values.get('authority'),
    etcdData: etcdDataOf(values.get('etcd-data')),
  });
}

function numberIn(text: string | undefined): number | undefined {
  const [found] = /\d+(\.\d+)?/.exec(text ?? '') ?? [];
  return found === undefined ? undefined : Number(found);
}

function clockOf(
  seconds: number | undefined,
  { sentAt, receivedAt }: { readonly sentAt: number; readonly receivedAt: number },
): ClockFact | undefined {
  if (seconds === undefined) return undefined;
  // BusyBox tells whole seconds only.
  const resolution = Number.isInteger(seconds) ? 1000 : 0;
  return {
    offset: seconds * 1000 + resolution / 2 - (sentAt + receivedAt) / 2,
    uncertainty: (receivedAt - sentAt + resolution) / 2,
  };
}

/** The last line of `df -Pk`; only the end of it has a fixed shape. */
function diskOf(line: string | undefined): DiskFact | undefined {
  const [, free, mount] = /(\d+)\s+\d+%\s+(\/.*)$/.exec(line ?? '') ?? [];
  return free === undefined || mount === undefined ? undefined : { freeKib: Number(free), mount };
}

function etcdDataOf(text: string | undefined): CheckFacts['etcdData'] {
  return text === 'data' || text === 'closed' || text === 'none' ? text : undefined;
}

/** Makes "not known" an absent member. */
function withoutUndefined<Part extends object>(
  part: Part,
): { [Key in keyof Part]: Exclude<Part[Key], undefined> } {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Part]: Exclude<Part[Key], undefined>;
  };
}
