const first = 'run `rke prepare`, or ';

/** A fix that names `rke prepare` before the way by hand, and names it once. */
export const orPrepare = (fix: string): string =>
  fix.startsWith(first) ? fix : `${first}${fix.replace(/^run /, '')}`;
