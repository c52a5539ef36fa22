/** From when until when a certificate is valid. */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const lifetimeMs = 10 * 365 * 24 * 60 * 60 * 1000;
/** Clocks of hosts may be behind the one that dates a CA; checks stop a run from one minute on. */
const backdatedMs = 60 * 60 * 1000;

/** Of a CA that is made now: ten years (RKE pki/cert/cert.go NewSelfSignedCACert), and an hour back. */
export function authorityValidity(now: Date): Validity {
  return { notBefore: inSeconds(new Date(now.getTime() - backdatedMs)), notAfter: tenYearsAfter(now) };
}

/**
 * Of a certificate that a CA signs now: valid from when the CA is (RKE pki/cert/cert.go NewSignedCert), for ten years, and
 * never beyond the end of the CA. RKE looked at no end.
 */
export function leafValidity(authority: Validity, now: Date): Validity {
  const end = tenYearsAfter(now);
  const { notBefore, notAfter } = authority;
  return { notBefore, notAfter: end < notAfter ? end : notAfter };
}

function inSeconds(time: Date): Date {
  const copy = new Date(time);
  copy.setUTCMilliseconds(0);
  return copy;
}

function tenYearsAfter(time: Date): Date {
  return new Date(inSeconds(time).getTime() + lifetimeMs);
}
