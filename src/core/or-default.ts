/** An empty string is no value, as in Go. */
export function orDefault(value: string | undefined, otherwise: string): string {
  return value === undefined || value === '' ? otherwise : value;
}
