/** A requested or running node. */
interface Placed {
  readonly address: string;
  readonly hostname: string;
}

/**
 * The nodes to add to the running ones.
 *
 * @param address of the first node; the others follow. Then only nodes at these addresses count as running
 * @returns in order; names go on where those that are up end, in their form (`node4` after `node3`, `node-4` after `node-3`)
 */
export function missingNodes(
  up: readonly Placed[],
  { nodes, address }: { readonly nodes: number; readonly address?: string | undefined },
): readonly { readonly hostname: string; readonly address?: string }[] {
  const wanted = address === undefined ? [] : Array.from({ length: nodes }, (_, n) => following(address, n));
  const absent = wanted.filter((one) => !up.some((node) => node.address === one));
  const count = address === undefined ? Math.max(0, nodes - up.length) : absent.length;
  const form = up.some(({ hostname }) => /^node-\d+$/.test(hostname)) ? 'node-' : 'node';
  const taken = new Set(up.map(({ hostname }) => numberOf(hostname)));
  const free = Array.from({ length: nodes + up.length }, (_, index) => index + 1).filter(
    (n) => !taken.has(n),
  );
  return free.slice(0, count).map((number, index) => {
    const at = absent[index];
    return { hostname: `${form}${number}`, ...(at === undefined ? {} : { address: at }) };
  });
}

/** True if a running node is one of the requested nodes. */
export function isAskedFor(
  { address }: Placed,
  { nodes, address: first }: { readonly nodes: number; readonly address?: string | undefined },
): boolean {
  return (
    first === undefined || Array.from({ length: nodes }, (_, n) => following(first, n)).includes(address)
  );
}

/** True if the number or name refers to this node. */
export function isNamed({ hostname }: Placed, wanted: string): boolean {
  return hostname === wanted || (/^\d+$/.test(wanted) && numberOf(hostname) === Number(wanted));
}

const numberOf = (hostname: string): number => Number(/^node-?(\d+)$/.exec(hostname)?.[1] ?? NaN);

const following = (address: string, steps: number): string =>
  address.replace(/\d+$/, (last) => String(Number(last) + steps));
