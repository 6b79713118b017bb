import { inspect } from 'node:util'

/** Says what `console.log` shows of the objects of a class, which keep their state to themselves. */
export function printAs<Instance extends object>(
  { prototype }: { readonly prototype: Instance },
  print: (instance: Instance) => string,
): void {
  Object.defineProperty(prototype, inspect.custom, {
    value(this: Instance): string {
      return print(this)
    },
  })
}
