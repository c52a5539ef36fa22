import { applyServiceOptions, type FlagMap, type FlagOptions } from '../container/flags.js';
import { joinPrefix } from '../prefix-path.js';

const prefixMark = '[PREFIX_PATH]';

/**
 * Applies the catalogue's options to the built-in flags of the kubelet: two quotes make a flag empty, and a mark is replaced by
 * the prefix path (RKE cluster/plan.go:472-696).
 */
export function applyWindowsOptions(flags: FlagMap, options: FlagOptions, prefixPath: string): FlagMap {
  return Object.fromEntries(
    Object.entries(applyServiceOptions(flags, options)).map(([name, value]) => {
      if (value === "''") return [name, ''];
      return [
        name,
        value.startsWith(prefixMark) ? joinPrefix(prefixPath, value.slice(prefixMark.length)) : value,
      ];
    }),
  );
}
