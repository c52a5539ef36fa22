const day = 24 * 60 * 60 * 1000;

/** A leaf with fewer days left is issued anew by `rke up`, and told of by `rke cert status`. */
export const renewalDays = 30;

/** Whole days until a time; negative once it is past. */
export function daysLeft(end: Date, now: Date): number {
  return Math.floor((end.getTime() - now.getTime()) / day);
}
