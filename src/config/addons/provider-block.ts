import type { Block, ProviderBlock } from './addon-definition.js';

/** One member of a provider block. */
interface Member {
  /** The option that it sets, an empty value included (RKE cluster/defaults.go:871-884). */
  readonly option: string;
  /** What RKE sets in a block that is there without the member. */
  readonly default?: string;
}

/** A block of which each member sets one option. */
export function providerBlock(
  key: string,
  { json, members }: { readonly json: string; readonly members: Readonly<Record<string, Member>> },
): ProviderBlock {
  return {
    key,
    json,
    resolve: (given) => {
      if (given === undefined) return { block: undefined, options: {} };
      const block = Object.entries(members).reduce(
        (complete, [name, member]) => withDefault(complete, { name, ...member }),
        given,
      );
      const options = Object.entries(members).map(([name, { option }]) => [option, textOf(block[name])]);
      return { block, options: Object.fromEntries(options) as Record<string, string> };
    },
  };
}

function withDefault(block: Block, { name, default: value }: Member & { readonly name: string }): Block {
  return value === undefined || textOf(block[name]) !== '' ? block : { ...block, [name]: value };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
