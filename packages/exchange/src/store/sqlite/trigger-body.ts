/** A keyword, name or number; a name or text in quotes; or any other character. */
interface Token {
  readonly kind: 'word' | 'quoted' | 'other'
  readonly text: string
}

/** A character above ASCII is part of a word, whatever it is: only these are blanks (https://sqlite.org/lang_keywords.html). */
const TOKEN =
  /(?<blank>[ \t\n\f\r]+|--[^\n]*|\/\*.*?(?:\*\/|$))|(?<word>[\w$\u{80}-\u{10ffff}]+)|(?<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|(?<other>.)/gsu

/**
 * The tables that a trigger writes to, from its CREATE TRIGGER; `undefined` when that is not plain: it writes nothing, may
 * refuse a row (RAISE), or has a conflict clause, which the statement that fires it would overrule (INSERT OR REPLACE).
 */
export function readTargets(createTrigger: string): readonly string[] | undefined {
  const tokens = readTokens(createTrigger)
  if (tokens.some((token) => isWord(token, 'RAISE'))) return undefined
  const body = tokens.slice(tokens.findIndex((token) => isWord(token, 'BEGIN')) + 1)
  const targets: string[] = []
  for (const statement of splitStatements(body)) {
    if (statement.length === 0 || isWord(statement[0], 'SELECT')) continue
    if (statement.length === 1 && isWord(statement[0], 'END')) continue
    const target = readTarget(statement)
    if (target === undefined) return undefined
    targets.push(target)
  }
  return targets.length === 0 ? undefined : targets
}

function readTokens(sql: string): Token[] {
  return [...sql.matchAll(TOKEN)].flatMap(({ groups = {} }): Token[] => {
    const { word, quoted, other } = groups
    if (word !== undefined) return [{ kind: 'word', text: word }]
    if (quoted !== undefined) return [{ kind: 'quoted', text: quoted }]
    return other === undefined ? [] : [{ kind: 'other', text: other }]
  })
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === 'word' && token.text.toUpperCase() === word
}

function splitStatements(tokens: readonly Token[]): Token[][] {
  const statements: Token[][] = [[]]
  for (const token of tokens) {
    if (token.text === ';') statements.push([])
    else statements.at(-1)?.push(token)
  }
  return statements
}

function readTarget([first, second, third]: readonly Token[]): string | undefined {
  if (isWord(first, 'UPDATE') && !isWord(second, 'OR')) return nameOf(second)
  if (isWord(first, 'INSERT') && isWord(second, 'INTO')) return nameOf(third)
  return isWord(first, 'DELETE') && isWord(second, 'FROM') ? nameOf(third) : undefined
}

function nameOf(token: Token | undefined): string | undefined {
  if (token === undefined || token.kind === 'other') return undefined
  if (token.kind === 'word') return token.text
  const quote = token.text.at(-1) ?? ''
  return token.text.slice(1, -1).replaceAll(quote + quote, quote)
}
