/** Is it an address and not a name, as Go's net.ParseIP decides: no leading zeros; a colon only ever stands in IPv6. */
export function isIpAddress(text: string): boolean {
  const octet = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
  return new RegExp(`^${octet}(\\.${octet}){3}$`).test(text) || /^[\da-f.]*:[\da-f:.]*$/i.test(text);
}
