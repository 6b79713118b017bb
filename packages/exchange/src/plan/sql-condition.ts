/**
 * The condition of a rule: an SQL expression over a row's columns in which `:name` stands for an attribute of the receiving
 * node. Each database gets it with the attributes put in as text literals, which SQL compares with a column of any type.
 */
import { RuleInvalid } from './errors.ts'
import type { NodeAttributes } from './node-attributes.ts'

/** A condition, divided where attributes go: `parts[0] :names[0] parts[1] :names[1] … parts[n]`. */
export interface SqlCondition {
  readonly parts: readonly string[]
  /** The attributes in their order; one may come several times. */
  readonly names: readonly string[]
}

/**
 * A text or a quoted name to its end, the cast of PostgreSQL (`::`), an attribute, or one character that may be of interest. What
 * is between those is copied as it is.
 */
const TOKEN = /'[^']*'|"[^"]*"|`[^`]*`|::|:([\p{L}_][\p{L}\p{N}_]*)|--|\/\*|[;?@$():'"`]/gu

/** Divides a condition. Throws {@link RuleInvalid} for what is no single expression: it will stand in brackets in a larger one. */
export function parseCondition(text: string, table: string): SqlCondition {
  const parts: string[] = []
  const names: string[] = []
  let begin = 0
  let depth = 0
  for (const match of text.matchAll(TOKEN)) {
    const [token, name] = match
    if (name !== undefined) {
      parts.push(text.slice(begin, match.index))
      names.push(name)
      begin = match.index + token.length
    } else if (token === '(') {
      depth += 1
    } else if (token === ')') {
      depth -= 1
      if (depth < 0) throw new RuleInvalid(table, { kind: 'bracket-unopened' })
    } else if (token.length < 2 || token === '--' || token === '/*') {
      throw new RuleInvalid(table, { kind: 'token-out-of-place', token })
    }
  }
  if (depth > 0) throw new RuleInvalid(table, { kind: 'bracket-open' })
  if (text.trim() === '') throw new RuleInvalid(table, { kind: 'condition-empty' })
  return { parts: [...parts, text.slice(begin)], names }
}

/** The condition for one node. An attribute that the node does not have is told by name: `undefined` would match nothing. */
export function fillCondition(
  condition: SqlCondition,
  attributes: NodeAttributes,
): { readonly sql: string } | { readonly missing: string } {
  let sql = condition.parts[0] ?? ''
  for (const [index, name] of condition.names.entries()) {
    const value = attributes.get(name)
    if (value === undefined) return { missing: name }
    sql += `${quoteText(value)}${condition.parts[index + 1] ?? ''}`
  }
  return { sql: `(${sql})` }
}

function quoteText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}
