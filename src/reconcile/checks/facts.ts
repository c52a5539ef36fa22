import { kernelModules } from './facts-command.js';

/**
 * The facts of a host that the checks judge. Each is absent if its tool is not installed or the user may not read it, and is
 * then not judged.
 */
export interface CheckFacts {
  readonly clock?: ClockFact;
  /** Where Docker keeps its data, and where etcd keeps or would keep its own. */
  readonly disks: { readonly docker?: DiskFact; readonly etcd?: DiskFact };
  readonly memoryKib?: number;
  readonly swapKib?: number;
  readonly machineId?: string;
  readonly hostname?: string;
  /** True for kernel modules that the kernel has, loaded or not; absent if that could not be read. */
  readonly modules: ReadonlyMap<string, boolean>;
  /** Values of kernel parameters by their path, e.g. `net/ipv4/ip_forward`; those that the kernel does not have are absent. */
  readonly parameters?: ReadonlyMap<string, string>;
  /** The CA certificate in /etc/kubernetes/ssl: PEM without white space; empty if it cannot be read. */
  readonly caCertificate?: string;
  /** `closed`: the data directory is not empty, but the user may not read it. Absent if unknown. */
  readonly etcdData?: 'data' | 'closed' | 'none';
}

export interface ClockFact {
  /** Milliseconds ahead of the clock of this machine; negative if behind. */
  readonly offset: number;
  /** Error bound of `offset` in milliseconds, from the time of the round trip. */
  readonly uncertainty: number;
}

export interface DiskFact {
  readonly freeKib: number;
  /** Mount point: directories on the same disk have the same. */
  readonly mount: string;
}

/**
 * Parses the output of `factsCommand`.
 *
 * @param times when the command was sent and its output received, in milliseconds of the local clock
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
    parameters: parametersIn(output),
    caCertificate: values.get('ca'),
    etcdData: etcdDataOf(values.get('etcd-data')),
  });
}

/** Parses lines such as `sysctl=net/ipv4/ip_forward 1`. */
function parametersIn(output: string): ReadonlyMap<string, string> | undefined {
  const found = new Map(
    [...output.matchAll(/^sysctl=(\S+) (\S+)\s*$/gm)].map(
      ([, name = '', value = '']) => [name, value] as const,
    ),
  );
  return found.size === 0 ? undefined : found;
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
  // BusyBox prints whole seconds only.
  const resolution = Number.isInteger(seconds) ? 1000 : 0;
  return {
    offset: seconds * 1000 + resolution / 2 - (sentAt + receivedAt) / 2,
    uncertainty: (receivedAt - sentAt + resolution) / 2,
  };
}

/** Parses the last line of `df -Pk`, of which only the end has a fixed format. */
function diskOf(line: string | undefined): DiskFact | undefined {
  const [, free, mount] = /(\d+)\s+\d+%\s+(\/.*)$/.exec(line ?? '') ?? [];
  return free === undefined || mount === undefined ? undefined : { freeKib: Number(free), mount };
}

function etcdDataOf(text: string | undefined): CheckFacts['etcdData'] {
  return text === 'data' || text === 'closed' || text === 'none' ? text : undefined;
}

/** Drops members that are undefined. */
function withoutUndefined<Part extends object>(
  part: Part,
): { [Key in keyof Part]: Exclude<Part[Key], undefined> } {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Part]: Exclude<Part[Key], undefined>;
  };
}
