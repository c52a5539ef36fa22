/** Validity period of a certificate. */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const dayMs = 24 * 60 * 60 * 1000;
const lifetimeMs = 10 * 365 * dayMs;
/** Tolerates hosts whose clock is behind the one that dates a CA. Checks refuse a difference of one minute or more. */
const backdatedMs = 60 * 60 * 1000;

/** Validity of a CA created now: ten years (RKE pki/cert/cert.go NewSelfSignedCACert), backdated by an hour. */
export function caValidity(now: Date): Validity {
  return { notBefore: truncateToSeconds(new Date(now.getTime() - backdatedMs)), notAfter: addTenYears(now) };
}

/**
 * Validity of a certificate that a CA signs now: from the start of the CA (RKE pki/cert/cert.go NewSignedCert) for ten years,
 * but never past the end of the CA. RKE did not limit it.
 */
export function leafValidity(ca: Validity, now: Date): Validity {
  const end = addTenYears(now);
  const { notBefore, notAfter } = ca;
  return { notBefore, notAfter: end < notAfter ? end : notAfter };
}

function truncateToSeconds(time: Date): Date {
  const copy = new Date(time);
  copy.setUTCMilliseconds(0);
  return copy;
}

function addTenYears(time: Date): Date {
  return new Date(truncateToSeconds(time).getTime() + lifetimeMs);
}

/** `rke up` reissues and `rke cert status` reports a leaf certificate with fewer days left. */
export const renewalDays = 30;

/** Counts whole days until a time; negative if it is in the past. */
export function countDaysLeft(end: Date, now: Date): number {
  return Math.floor((end.getTime() - now.getTime()) / dayMs);
}

/** Formats a time as its day in UTC, e.g. `2026-11-21`. */
export function formatDay(time: Date): string {
  return time.toISOString().slice(0, 10);
}
