import type { Place } from '../errors/config-error.ts'

/** A value as it was written, before anybody knows what it means, with the place to name when it means nothing. */
export type RawSetting =
  | { readonly kind: 'text'; readonly text: string; readonly place: Place }
  | { readonly kind: 'list'; readonly items: readonly RawSetting[]; readonly place: Place }
  | {
      readonly kind: 'map'
      readonly entries: ReadonlyMap<string, RawSetting>
      readonly place: Place
    }

export function rawText(text: string, place: Place): RawSetting {
  return { kind: 'text', text, place }
}
