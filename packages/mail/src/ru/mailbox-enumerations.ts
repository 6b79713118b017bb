import type { ImapFlag } from '../imap/fetch-response.ts'
import { EmailDirectoryKind } from '../model/email-directory-kind.ts'
import { EmailFlag } from '../model/email-flag.ts'
import { ImapDirectoryOpenMode } from '../model/imap-directory-open-mode.ts'
import { nameClass } from '../model/vocabulary.ts'
import { ЧЛЕНЫ_ПЕРЕЧИСЛЕНИЯ, type ЧленыПеречисления } from './enumerations.ts'

/** Для чего каталог почты. */
export interface ВидКаталогаПочты extends EmailDirectoryKind, ЧленыПеречисления {}

interface КлассВидКаталогаПочты {
  readonly prototype: ВидКаталогаПочты
  readonly Входящие: ВидКаталогаПочты
  readonly Архив: ВидКаталогаПочты
  readonly Черновики: ВидКаталогаПочты
  readonly Отправленные: ВидКаталогаПочты
  readonly Корзина: ВидКаталогаПочты
}

/** Открывается ли каталог, чтобы его изменять. */
export interface РежимОткрытияКаталогаImap extends ImapDirectoryOpenMode, ЧленыПеречисления {}

interface КлассРежимОткрытияКаталогаImap {
  readonly prototype: РежимОткрытияКаталогаImap
  readonly Чтение: РежимОткрытияКаталогаImap
  readonly ЧтениеИЗапись: РежимОткрытияКаталогаImap
}

/** Чем помечено письмо в каталоге. */
export interface ФлагПисьма extends EmailFlag, ЧленыПеречисления {
  /** Как флаг пишется в IMAP, например `\Seen`. Расширение. */
  readonly ФлагImap: ImapFlag
}

interface КлассФлагПисьма {
  readonly prototype: ФлагПисьма
  /** Установить его нельзя: письмо становится непрочитанным. */
  readonly Новое: ФлагПисьма
  readonly Отвеченное: ФлагПисьма
  readonly Отмененное: ФлагПисьма
  readonly Пересланное: ФлагПисьма
  readonly Помеченное: ФлагПисьма
  readonly Прочитанное: ФлагПисьма
  readonly Удаленное: ФлагПисьма
  readonly Черновик: ФлагПисьма
}

export const ВидКаталогаПочты: КлассВидКаталогаПочты = nameClass<
  КлассВидКаталогаПочты,
  typeof EmailDirectoryKind
>(EmailDirectoryKind, {
  statics: {
    Входящие: 'Inbox',
    Архив: 'Archive',
    Черновики: 'Drafts',
    Отправленные: 'Sent',
    Корзина: 'Trash',
  },
  members: ЧЛЕНЫ_ПЕРЕЧИСЛЕНИЯ,
})

export const РежимОткрытияКаталогаImap: КлассРежимОткрытияКаталогаImap = nameClass<
  КлассРежимОткрытияКаталогаImap,
  typeof ImapDirectoryOpenMode
>(ImapDirectoryOpenMode, {
  statics: { Чтение: 'Read', ЧтениеИЗапись: 'ReadWrite' },
  members: ЧЛЕНЫ_ПЕРЕЧИСЛЕНИЯ,
})

export const ФлагПисьма: КлассФлагПисьма = nameClass<КлассФлагПисьма, typeof EmailFlag>(EmailFlag, {
  statics: {
    Новое: 'New',
    Отвеченное: 'Answered',
    Отмененное: 'Cancelled',
    Пересланное: 'Forwarded',
    Помеченное: 'Flagged',
    Прочитанное: 'Seen',
    Удаленное: 'Deleted',
    Черновик: 'Draft',
  },
  members: { ...ЧЛЕНЫ_ПЕРЕЧИСЛЕНИЯ, ФлагImap: 'imapFlag' },
})
