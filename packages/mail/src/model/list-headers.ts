import { isListId, isListUrl, takesOneClick } from '../mime/list-fields.ts'
import type { DraftList } from '../mime/message.ts'
import { IllegalArgumentException } from './exception.ts'
import type { LetterFields } from './letter-fields.ts'
import { unfit, type StructuredField } from './structured-field.ts'

/** What is between angle brackets: everything else in these fields is for people (RFC 2369 §2). */
const BRACKETED = /<([^<>]*)>/g

/** What no URL holds unencoded (RFC 3986 §2), and programs leave in theirs. */
const UNENCODED = /["\\^`{|}]/g

/** RFC 8058 §3.1: the only value there is. */
const ONE_CLICK = 'List-Unsubscribe=One-Click'

type UrlListName = 'help' | 'subscribe' | 'unsubscribe' | 'owner' | 'archive'

/** The fields of a mailing list, by name in lower case: together they are the property `list`. */
export const LIST_HEADERS: readonly (readonly [string, StructuredField])[] = [
  ['list-id', listId()],
  ['list-help', urls('help')],
  ['list-subscribe', urls('subscribe')],
  ['list-unsubscribe', urls('unsubscribe')],
  ['list-unsubscribe-post', oneClick()],
  ['list-post', post()],
  ['list-owner', urls('owner')],
  ['list-archive', urls('archive')],
]

function listId(): StructuredField {
  return {
    isSingle: true,
    get({ list: { id, idName = '' } = {} }) {
      return id === undefined ? [] : [`${idName} <${id}>`.trim()]
    },
    set(fields, [value]) {
      change(fields, ['id', 'idName'], value === undefined ? {} : readListId(value))
    },
  }
}

function readListId(value: string): DraftList {
  const open = value.lastIndexOf('<')
  const id = value
    .slice(open + 1)
    .replace(/>$/, '')
    .trim()
  if (!isListId(id)) throw unfit('List-Id', value)
  const idName = value.slice(0, Math.max(open, 0)).trim().replaceAll(/^"|"$/g, '')
  return { id, ...(idName !== '' && { idName }) }
}

function urls(name: UrlListName): StructuredField {
  return {
    isSingle: false,
    get: ({ list }) => joined(list?.[name]),
    set(fields, values) {
      const read = values.flatMap((value) => readUrls(name, value))
      change(fields, [name], read.length === 0 ? {} : { [name]: read })
    },
  }
}

function post(): StructuredField {
  return {
    isSingle: true,
    get: ({ list }) => (list?.post === 'NO' ? ['NO'] : joined(list?.post)),
    set(fields, [value]) {
      change(fields, ['post'], value === undefined ? {} : { post: readPost(value) })
    },
  }
}

function readPost(value: string): 'NO' | readonly string[] {
  return value.trim().toUpperCase() === 'NO' ? 'NO' : readUrls('post', value)
}

function oneClick(): StructuredField {
  return {
    isSingle: true,
    get: ({ list }) => (list?.isOneClick === true ? [ONE_CLICK] : []),
    set(fields, [value]) {
      if (value !== undefined && value.trim().toLowerCase() !== ONE_CLICK.toLowerCase()) {
        throw unfit('List-Unsubscribe-Post', value)
      }
      change(fields, ['isOneClick'], value === undefined ? {} : { isOneClick: true })
    },
  }
}

/** Reads what a letter says of its list: what nobody could write so is left out, and a click that nobody takes. */
export function readListHeaders(
  fields: LetterFields,
  valuesOf: (name: string) => readonly string[],
): void {
  for (const [name, field] of LIST_HEADERS) {
    try {
      field.set(fields, valuesOf(name).slice(0, 1))
    } catch (error) {
      if (!(error instanceof IllegalArgumentException)) throw error
    }
  }
  const { isOneClick = false, unsubscribe = [] } = fields.list ?? {}
  if (isOneClick && !takesOneClick(unsubscribe)) change(fields, ['isOneClick'], {})
}

/** Takes these properties out of the list and puts others in; a list without any is none. */
function change(fields: LetterFields, names: readonly (keyof DraftList)[], add: DraftList): void {
  const rest = { ...fields.list }
  for (const name of names) Reflect.deleteProperty(rest, name)
  const list = { ...rest, ...add }
  fields.list = Object.keys(list).length === 0 ? undefined : list
}

function readUrls(name: string, value: string): readonly string[] {
  const found = Array.from(value.matchAll(BRACKETED), ([, url = '']) =>
    url.replaceAll(/\s/g, '').replaceAll(UNENCODED, encodeURIComponent),
  )
  if (found.length === 0 || !found.every(isListUrl)) throw unfit(name, value)
  return found
}

function joined(addresses: readonly string[] | undefined): readonly string[] {
  if (addresses === undefined || addresses.length === 0) return []
  return [addresses.map((url) => `<${url}>`).join(', ')]
}
