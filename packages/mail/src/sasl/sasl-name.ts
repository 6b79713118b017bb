/** A name between commas: `saslname` of RFC 5801 §4 and RFC 5802 §5.1. */
export function escapeSaslName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C')
}
