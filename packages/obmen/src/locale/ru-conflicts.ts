import type { ConflictMessages, FormatMessages, RefusedMessages } from './messages.ts'
import { russianNumber } from './ru-numeral.ts'

/** What the commands about conflicts say, in Russian. */
export const russianConflicts: ConflictMessages = {
  idTitle: () => '№',
  columnTitle: () => 'столбец',
  oursTitle: () => 'этот узел',
  theirsTitle: () => 'тот узел',
  decidedByTitle: () => 'чем решён',
  deleted: () => '(удалена)',
  open: () => 'ещё не решён',
  policy: (policy) => POLICIES[policy],
  none: () => 'Таких конфликтов нет.',
  resolved: (count) =>
    `Решено конфликтов: ${russianNumber(count)}. На другие площадки эти строки передаст следующий обмен.`,
  wouldBeResolved: (count) => `Было бы решено конфликтов: ${russianNumber(count)}.`,
  cleared: (count) => `Убрано записей: ${russianNumber(count)}.`,
  wouldBeCleared: (count) => `Было бы убрано записей: ${russianNumber(count)}.`,
}

const POLICIES: Readonly<Record<Parameters<ConflictMessages['policy']>[0], string>> = {
  latest: 'позднее изменение',
  priority: 'старшинство узлов',
  ours: 'правило ours',
  theirs: 'правило theirs',
  ask: 'правило ask',
  function: 'программа',
  person: 'человек',
  reference: 'на строку ссылаются',
}

/** What the commands about refused rows say, in Russian. */
export function russianRefused(format: FormatMessages): RefusedMessages {
  return {
    none: () => 'Строк, которые база не приняла, нет.',
    rowTitle: () => 'строка, какой пришла',
    retried: ({ applied, outdated, refused }) =>
      `Записано: ${format.rows(applied)}; уже устарело: ${format.rows(outdated)}; по-прежнему не принято: ${format.rows(refused)}.`,
    dropped: (table, key) => `Строка ${key} таблицы ${table} больше не будет записываться.`,
    wouldBeDropped: (table, key) => `Строка ${key} таблицы ${table} больше не записывалась бы.`,
  }
}
