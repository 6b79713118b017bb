import { EmailImportance } from '../model/email-importance.ts'
import { EmailTextKind } from '../model/email-text-kind.ts'
import type { Enumeration } from '../model/enumeration.ts'
import { nameClass, type Names } from '../model/vocabulary.ts'

/** То, что есть у каждого значения перечисления. */
export interface ЧленыПеречисления {
  readonly Индекс: number
  ВСтроку(): string
  Представление(): string
}

/** Насколько письмо важно для отправителя. */
export interface ВажностьПисьма extends EmailImportance, ЧленыПеречисления {}

interface КлассВажностьПисьма {
  readonly prototype: ВажностьПисьма
  readonly Низкая: ВажностьПисьма
  readonly Обычная: ВажностьПисьма
  readonly Высокая: ВажностьПисьма
}

/** На чём написан текст письма. */
export interface ВидТекстаПисьма extends EmailTextKind, ЧленыПеречисления {
  /** Например `text/plain`. */
  readonly ТипСодержимого: string
}

interface КлассВидТекстаПисьма {
  readonly prototype: ВидТекстаПисьма
  readonly ПростойТекст: ВидТекстаПисьма
  readonly Html: ВидТекстаПисьма
  readonly РазмеченныйТекст: ВидТекстаПисьма
  /** Вид текста по значению Content-Type; неопределено, если это не текст письма. */
  ПоТипуСодержимого(ТипСодержимого: string): ВидТекстаПисьма | undefined
}

export const ЧЛЕНЫ_ПЕРЕЧИСЛЕНИЯ: Names<Enumeration & ЧленыПеречисления, Enumeration> = {
  Индекс: 'index',
  ВСтроку: 'toString',
  Представление: 'presentation',
}

export const ВажностьПисьма: КлассВажностьПисьма = nameClass<
  КлассВажностьПисьма,
  typeof EmailImportance
>(EmailImportance, {
  statics: { Низкая: 'Low', Обычная: 'Normal', Высокая: 'High' },
  members: ЧЛЕНЫ_ПЕРЕЧИСЛЕНИЯ,
})

export const ВидТекстаПисьма: КлассВидТекстаПисьма = nameClass<
  КлассВидТекстаПисьма,
  typeof EmailTextKind
>(EmailTextKind, {
  statics: {
    ПростойТекст: 'PlainText',
    РазмеченныйТекст: 'RichText',
    ПоТипуСодержимого: 'byContentType',
  },
  members: { ...ЧЛЕНЫ_ПЕРЕЧИСЛЕНИЯ, ТипСодержимого: 'contentType' },
})
