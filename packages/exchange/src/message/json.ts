/** `Array.isArray` that does not make `any` of what it finds. */
export function isArray(json: unknown): json is readonly unknown[] {
  return Array.isArray(json)
}
