/** The code that Node.js gives an error of the system or of a library, such as `ENOENT`; the empty text when it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
