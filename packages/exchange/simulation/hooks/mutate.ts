import { registerHooks } from 'node:module'

import type { Edit, Mutation } from '../mutations/mutation.ts'

const ENGINE = new URL('../../src/', import.meta.url).href

/** Lets this process load the engine as a mutation has it. Call it before the engine is imported. The sources stay as they are. */
export function mutate({ name, edits }: Mutation): void {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      const here = edits.filter(({ file }) => url === `${ENGINE}${file}`)
      if (here.length === 0) return loaded
      const source = here.reduce(
        (text, edit) => replaceOnce(text, edit, name),
        toText(loaded.source),
      )
      return { ...loaded, source }
    },
  })
}

/** A text that is not there any more would leave the engine unbroken, and the mutation useless. */
export function replaceOnce(source: string, edit: Edit, name: string): string {
  const pieces = source.split(edit.text)
  if (pieces.length !== 2) {
    throw new Error(
      `mutation "${name}": its text stands ${pieces.length - 1} times in ${edit.file}, and not once`,
    )
  }
  return pieces.join(edit.replacement)
}

function toText(source: string | ArrayBuffer | NodeJS.TypedArray | undefined): string {
  if (typeof source === 'string') return source
  return source === undefined ? '' : new TextDecoder().decode(source)
}
