/**
 * The values of a row that a record keeps as the text of a JSON array, as JSON; `null` for a row that is not there. They are in the form of
 * a message, in which every number is one that JSON holds exactly. A key stays a text: commands take it as one.
 */
export function valuesOnRecord(text: string | undefined): unknown {
  return text === undefined ? null : JSON.parse(text)
}
