/**
 * Whether a version of Node.js, such as `24.16.0`, will do: whether its `node:sqlite` gives texts as they are. Older ones end them at their first NUL, and
 * version 25 never came to it.
 */
export function isNodeSufficient(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major === 24) return minor >= 16
  return major === 26 ? minor >= 1 : major > 26
}
