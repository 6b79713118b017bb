import type { Class } from 'oxc-parser'

import { findingAt, type Rule } from './rule.ts'
import type { SourceFile } from './source-file.ts'

/**
 * An error is a promise to the caller: this happened, here is what to do. One that no test provokes may never be thrown,
 * or be thrown with the wrong facts, and the caller finds out on the worst day.
 */
export const untestedErrors: Rule = {
  name: 'untested-errors',
  *check(repository) {
    const tests = repository.testSources.map(({ text }) => text).join('\n')
    const classes = repository.productSources.flatMap(classesOf)
    for (const found of classes) {
      if (found.node.abstract || !descendsFromError(found.name, classes)) continue
      if (new RegExp(`\\b${found.name}\\b`).test(tests)) continue
      const message = `no test names ${found.name}: provoke it in a test and assert its code and its facts`
      yield findingAt(found.file, found.node.start, message)
    }
  },
}

interface FoundClass {
  readonly file: SourceFile
  readonly node: Class
  readonly name: string
  readonly base: string
}

function classesOf(file: SourceFile): FoundClass[] {
  return file.nodes.flatMap(({ node }) => {
    if (node.type !== 'ClassDeclaration' || node.id === null) return []
    const base = node.superClass?.type === 'Identifier' ? node.superClass.name : ''
    return [{ file, node, name: node.id.name, base }]
  })
}

function descendsFromError(name: string, classes: readonly FoundClass[]): boolean {
  if (name.endsWith('Error')) return true
  const base = classes.find((candidate) => candidate.name === name)?.base ?? ''
  return base !== '' && base !== name && descendsFromError(base, classes)
}
