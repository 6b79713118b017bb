import type { Rule } from './rule.ts'

/** What gives a machine away, and what to write instead. */
const TRACES: readonly { readonly pattern: RegExp; readonly instead: string }[] = [
  {
    pattern: /(?<![\w.])\/(?:home|Users|root|work|farm)\/[\w.-]+/,
    instead:
      'a path of one machine: write it relative to the repository, or take it as an argument',
  },
  {
    pattern: /(?<![\w.])\/tmp\/[\w.-]+/,
    instead:
      'a path of one machine: ask for a new folder (mkdtemp, mktemp -d), or write DIR in a text',
  },
  {
    pattern: /\bC:\\+Users\\/i,
    instead:
      'a path of one machine: write it relative to the repository, or take it as an argument',
  },
  {
    pattern: /\bregistry\.npm|\bdeb\.debian\b|^\s*registry\s*=|"resolved":\s*"http/,
    instead: 'a package registry: everyone has one in the settings of npm; leave it out',
  },
]

/**
 * A path or a registry of the machine that a file was written on works there and nowhere else, and tells strangers how
 * that machine is built.
 */
export const machineTraces: Rule = {
  name: 'machine-traces',
  *check(repository) {
    for (const [path, text] of repository.files) {
      for (const [index, line] of text.split('\n').entries()) {
        const trace = TRACES.find(({ pattern }) => pattern.test(line))
        if (trace !== undefined) yield { path, line: index + 1, message: trace.instead }
      }
    }
  },
}
