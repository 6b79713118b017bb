/** Something that must hold does not. */
export class WorldFailure extends Error {
  /** The rule, without the facts of this world: the same failure has the same rule in a smaller world. */
  readonly rule: string

  constructor(rule: string, facts: string) {
    super(`${rule}: ${facts}`)
    this.rule = rule
  }
}
