/** Subject alternative names in the order in which a certificate lists them. */
export interface Sans {
  readonly dnsNames: readonly string[];
  /** Each in the spelling of `ipText`. */
  readonly ips: readonly string[];
}

export const noSans: Sans = { dnsNames: [], ips: [] };

/** True if a certificate with the names of `sans` is valid for every name of `wanted`. DNS names ignore case. */
export function coversSans(sans: Sans, wanted: Sans): boolean {
  const dnsNames = new Set(sans.dnsNames.map((name) => name.toLowerCase()));
  return (
    wanted.dnsNames.every((name) => dnsNames.has(name.toLowerCase())) &&
    wanted.ips.every((ip) => sans.ips.includes(ip))
  );
}
