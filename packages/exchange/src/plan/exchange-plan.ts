import { ExchangeError } from './exchange-error.ts'
import type { NodeCode } from './node-code.ts'

declare const planNameBrand: unique symbol

/** The name of an exchange plan, such as `УдаленныеСклады`. Made only by {@link parsePlanName}. */
export type PlanName = string & { readonly [planNameBrand]: true }

/** An exchange plan as one of its nodes sees it: its name, and the node whose database this is. */
export interface ExchangePlan {
  readonly name: PlanName
  readonly thisNode: NodeCode
}

/** As long as an identifier of 1C may be. */
const MAX_PLAN_NAME_LENGTH = 80

const PLAN_NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u

/** A text that can't be the name of an exchange plan. */
export class PlanNameInvalid extends ExchangeError {
  readonly code = 'PLAN_NAME_INVALID'
  readonly transient = false
  readonly text: string

  constructor(text: string) {
    super(`${JSON.stringify(text)} can't be the name of an exchange plan`, {
      hint: `use 1 to ${MAX_PLAN_NAME_LENGTH} letters, digits and underscores, for example "УдаленныеСклады"`,
    })
    this.text = text
  }
}

/** Reads the name of an exchange plan: an identifier of any script (Unicode NFC). Throws {@link PlanNameInvalid}. */
export function parsePlanName(text: string): PlanName {
  const name = text.normalize('NFC')
  if (name.length > MAX_PLAN_NAME_LENGTH || !isPlanName(name)) throw new PlanNameInvalid(text)
  return name
}

function isPlanName(text: string): text is PlanName {
  return PLAN_NAME.test(text)
}
