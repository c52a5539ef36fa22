/**
 * True if the text is a possible host name in DNS: labels of letters, digits, `-` and `_`, up to 63 characters each. Four
 * numbers are an address, valid or not: a name does not end in a label of digits only.
 */
export function isHostName(text: string): boolean {
  const labels = text.replace(/\.$/, '').split('.');
  return (
    text.length <= 253 &&
    labels.every((label) => /^[A-Za-z0-9_]([-A-Za-z0-9_]{0,61}[A-Za-z0-9_])?$/.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '')
  );
}

/** True for a DNS subdomain as Kubernetes requires of object names and label prefixes (RFC 1123, lower case). */
export function isDnsSubdomain(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text);
}
