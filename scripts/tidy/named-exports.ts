import { findingAt, type Rule } from './rule.ts'

/**
 * Every name that leaves a module is written down where it leaves: a default export has another name in every file that
 * imports it, and `export *` makes public whatever somebody adds later.
 */
export const namedExports: Rule = {
  name: 'named-exports',
  *check(repository) {
    for (const file of repository.sources) {
      for (const { node } of file.nodes) {
        if (node.type === 'ExportDefaultDeclaration') {
          yield findingAt(file, node.start, '`export default` has no name: export it by its name')
        }
        if (node.type === 'ExportAllDeclaration') {
          yield findingAt(file, node.start, '`export *` hides what is public: list the names')
        }
      }
    }
  },
}
