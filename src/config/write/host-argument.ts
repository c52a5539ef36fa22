/** A host given on the command line. */
export interface HostArgument {
  readonly user?: string;
  readonly address: string;
  readonly port?: string;
}

const form =
  /^(?:(?<user>[A-Za-z0-9_.-]+)@)?(?:\[(?<bracketed>[0-9A-Fa-f:.]+)\]|(?<name>[A-Za-z0-9._-]+))(?::(?<port>\d{1,5}))?$/;
/** An IPv6 address without brackets, which cannot have a port. */
const bareIpv6 = /^(?:(?<user>[A-Za-z0-9_.-]+)@)?(?<address>[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/;

/**
 * Parses `address`, `user@address`, `user@address:port`, and `user@[address]:port` for IPv6.
 *
 * @returns undefined for any other form
 */
export function parseHostArgument(text: string): HostArgument | undefined {
  const groups = (form.exec(text) ?? bareIpv6.exec(text))?.groups;
  if (groups === undefined) return undefined;
  const { user, bracketed, name, address = bracketed ?? name ?? '', port } = groups;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return undefined;
  return {
    address,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
  };
}
