import { EmailAddress } from '../model/email-address.ts'
import { nameClass } from '../model/vocabulary.ts'

/** Адрес почты: сам адрес и, если есть, отображаемое имя. */
export interface АдресПочты extends EmailAddress {
  readonly Адрес: string
  /** Пустая строка, если имени нет. */
  readonly ОтображаемоеИмя: string
  ВСтроку(): string
  Представление(): string
  /** Тот же ли это ящик; имена не сравниваются. Расширение. */
  Равен(Другой: EmailAddress): boolean
}

/** Один адрес или несколько: объекты или строки. */
export type АдресаПочты = EmailAddress | string | readonly (EmailAddress | string)[]

interface КлассАдресПочты {
  readonly prototype: АдресПочты
  /** @throws ИсключениеАдресаПочты, если это не адрес. */
  new (Адрес: string, ОтображаемоеИмя?: string): АдресПочты
  new (аргументы: { readonly Адрес: string; readonly ОтображаемоеИмя?: string }): АдресПочты
}

export const АдресПочты: КлассАдресПочты = nameClass<КлассАдресПочты, typeof EmailAddress>(
  EmailAddress,
  {
    statics: {},
    members: {
      Адрес: 'address',
      ОтображаемоеИмя: 'displayName',
      ВСтроку: 'toString',
      Представление: 'presentation',
      Равен: 'equals',
    },
  },
)
