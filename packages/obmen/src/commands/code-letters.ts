import type { NodeCode } from '@obmen/exchange'

import type { CodeLetters, NodeMessages } from '../locale/messages.ts'

/** Letters that look the same in both alphabets, Cyrillic above Latin. */
const CYRILLIC = 'АВЕКМНОРСТУХЅІЈаеорсухѕіј'
const LATIN = 'ABEKMHOPCTYXSIJaeopcyxsij'

/**
 * What is told about a code whose letters may not be what they look like: С01 and C01 are two nodes, and a node that
 * is added under the wrong one never hears of the other. `undefined` when there is nothing to tell.
 */
export function noteOnLetters(
  code: NodeCode,
  { thisNode, known }: { readonly thisNode: NodeCode; readonly known: readonly NodeCode[] },
  messages: NodeMessages,
): string | undefined {
  const letters = lettersOf(code)
  const twin = [thisNode, ...known].find((other) => other !== code && look(other) === look(code))
  if (twin !== undefined) return messages.looksLike(letters, lettersOf(twin))
  if (letters.latin !== '' && letters.cyrillic !== '') return messages.mixesAlphabets(letters)
  const ours = lettersOf(thisNode)
  return isAmbiguous(letters) && isOfOtherAlphabet(letters, ours)
    ? messages.otherAlphabet(letters, ours)
    : undefined
}

function lettersOf(code: NodeCode): CodeLetters {
  const all = [...new Set(Array.from(code))]
  return {
    code,
    latin: all.filter((letter) => /\p{Script=Latin}/u.test(letter)).join(''),
    cyrillic: all.filter((letter) => /\p{Script=Cyrillic}/u.test(letter)).join(''),
  }
}

/** How a code looks to somebody who does not mind the case. */
function look(code: NodeCode): string {
  return Array.from(code, (letter) => LATIN[CYRILLIC.indexOf(letter)] ?? letter)
    .join('')
    .toLowerCase()
}

function isAmbiguous({ latin, cyrillic }: CodeLetters): boolean {
  const isIn = (alphabet: string) => (letter: string) => alphabet.includes(letter)
  return Array.from(latin).every(isIn(LATIN)) && Array.from(cyrillic).every(isIn(CYRILLIC))
}

function isOfOtherAlphabet(code: CodeLetters, ours: CodeLetters): boolean {
  return (
    (code.latin !== '' && ours.latin === '' && ours.cyrillic !== '') ||
    (code.cyrillic !== '' && ours.cyrillic === '' && ours.latin !== '')
  )
}
