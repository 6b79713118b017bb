import type { Rule } from './rule.ts'

const DRAWERS = /^(?:utils?|helpers?|common|misc)$/i

/**
 * A drawer (`utils`, `helpers`, `common`, `misc`) takes everything, so nobody finds anything in it, and everything comes
 * to depend on it. A file is named after the one concept it holds.
 */
export const drawerNames: Rule = {
  name: 'drawer-names',
  *check(repository) {
    for (const path of repository.files.keys()) {
      const drawer = path.split('/').find((part) => DRAWERS.test(part.replace(/\..*$/, '')))
      if (drawer === undefined) continue
      const message = `"${drawer}" names a drawer: name the file after the concept it holds, and put it beside its users`
      yield { path, line: 1, message }
    }
  },
}
