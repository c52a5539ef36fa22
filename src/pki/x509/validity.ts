/** From when until when a certificate is valid. */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const dayMs = 24 * 60 * 60 * 1000;
const lifetimeMs = 10 * 365 * dayMs;
/** Clocks of hosts may be behind the one that dates a CA; checks stop a run from one minute on. */
const backdatedMs = 60 * 60 * 1000;

/** Of a CA that is made now: ten years (RKE pki/cert/cert.go NewSelfSignedCACert), and an hour back. */
export function caValidity(now: Date): Validity {
  return { notBefore: truncateToSeconds(new Date(now.getTime() - backdatedMs)), notAfter: addTenYears(now) };
}

/**
 * Of a certificate that a CA signs now: valid from when the CA is (RKE pki/cert/cert.go NewSignedCert), for ten years, and
 * never beyond the end of the CA. RKE looked at no end.
 */
export function leafValidity(authority: Validity, now: Date): Validity {
  const end = addTenYears(now);
  const { notBefore, notAfter } = authority;
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

/** A leaf with fewer days left is issued anew by `rke up`, and told of by `rke cert status`. */
export const renewalDays = 30;

/** Whole days until a time; negative once it is past. */
export function countDaysLeft(end: Date, now: Date): number {
  return Math.floor((end.getTime() - now.getTime()) / dayMs);
}
