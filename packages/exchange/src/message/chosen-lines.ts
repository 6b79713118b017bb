/** What a header line says of conflicts that were decided: `"resolved":[["Orders","[10248]","ours",1763790000000]]`. */
import {
  CHOICE_LENGTH_MIN,
  type ChosenVersion,
  MAX_CHOICES_LENGTH,
} from '../plan/message-header.ts'
import { MessageDamaged } from './errors.ts'
import { isArray } from './json.ts'

export function formatChosen({
  table,
  key,
  take,
  stamp,
}: ChosenVersion): readonly (string | number)[] {
  return [table, key, take, stamp]
}

/** More than any sender says. */
const MAX_CHOICES = MAX_CHOICES_LENGTH / CHOICE_LENGTH_MIN

/** `undefined` when the header says nothing of it. Throws {@link MessageDamaged}. */
export function readAllChosen(json: unknown): ChosenVersion[] | undefined {
  if (json === undefined) return undefined
  if (!isArray(json) || json.length > MAX_CHOICES) {
    throw new MessageDamaged('its header has no resolved')
  }
  return json.map(readChosen)
}

function readChosen(json: unknown): ChosenVersion {
  const [table, key, take, stamp] = isArray(json) ? json : []
  if (
    typeof table !== 'string' ||
    typeof key !== 'string' ||
    (take !== 'ours' && take !== 'theirs') ||
    typeof stamp !== 'number' ||
    !Number.isSafeInteger(stamp)
  ) {
    throw new MessageDamaged('its header has no resolved')
  }
  return { table, key, take, stamp }
}
