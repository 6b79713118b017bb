import {
  EmailDeletionException,
  EmailDirectoryNotFoundException,
  MailboxException,
} from '../model/mailbox-exception.ts'
import { nameClass, type ClassWithoutConstructor } from '../model/vocabulary.ts'
import { ЧЛЕНЫ_ИСКЛЮЧЕНИЯ, type ЧленыИсключения } from './exceptions.ts'

/** Почтовый ящик не удалось открыть, прочитать или изменить; почему — говорит Причина. Расширение. */
export interface ИсключениеПочтовогоЯщика extends MailboxException, ЧленыИсключения {}

/** Помеченные письма, возможно, не удалены и придут снова. Расширение. */
export interface ИсключениеУдаленияПисем extends EmailDeletionException, ЧленыИсключения {
  /** Индексы писем в закрытом соединении. */
  readonly Индексы: readonly number[]
  /** `'kept'` письма остались, `'unknown'` неизвестно. */
  readonly Исход: 'kept' | 'unknown'
}

/** На сервере нет такого каталога. */
export interface ИсключениеКаталогПочтыНеНайден
  extends EmailDirectoryNotFoundException, ЧленыИсключения {
  /** Полный путь каталога. Расширение. */
  readonly Путь: string
}

export const ИсключениеПочтовогоЯщика: ClassWithoutConstructor<ИсключениеПочтовогоЯщика> =
  nameClass<ClassWithoutConstructor<ИсключениеПочтовогоЯщика>, typeof MailboxException>(
    MailboxException,
    { statics: {}, members: ЧЛЕНЫ_ИСКЛЮЧЕНИЯ },
  )

export const ИсключениеУдаленияПисем: ClassWithoutConstructor<ИсключениеУдаленияПисем> = nameClass<
  ClassWithoutConstructor<ИсключениеУдаленияПисем>,
  typeof EmailDeletionException
>(EmailDeletionException, {
  statics: {},
  members: { ...ЧЛЕНЫ_ИСКЛЮЧЕНИЯ, Индексы: 'indexes', Исход: 'outcome' },
})

export const ИсключениеКаталогПочтыНеНайден: ClassWithoutConstructor<ИсключениеКаталогПочтыНеНайден> =
  nameClass<
    ClassWithoutConstructor<ИсключениеКаталогПочтыНеНайден>,
    typeof EmailDirectoryNotFoundException
  >(EmailDirectoryNotFoundException, {
    statics: {},
    members: { ...ЧЛЕНЫ_ИСКЛЮЧЕНИЯ, Путь: 'path' },
  })
