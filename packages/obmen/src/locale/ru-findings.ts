import type { FindingMessages, FormatMessages } from './messages.ts'

/** What is told of nodes that are not in step, in Russian. */
export function russianFindings(format: FormatMessages): FindingMessages {
  return {
    undelivered: (count, nodes) =>
      `Ещё не передано почтовому серверу: ${format.messages(count)} (${format.nodes(nodes)}).`,
    undeliveredHint: (command) =>
      `Следующий обмен попробует ещё раз и скажет, что не так: ${command}`,
    stopped: (node, { twice, since }) =>
      twice === 'there'
        ? `Обмен с узлом ${node} остановлен ${format.moment(since)}: под его кодом пишут две базы.`
        : `Обмен с узлом ${node} остановлен ${format.moment(since)}: под кодом этого узла пишет ещё одна база.`,
    stoppedHint: (command) =>
      `Выведите копию из работы насовсем; затем на обеих сторонах, в базах, которые остаются, выполните: ${command}`,
    setAsideThere: (node, count, toldAt) =>
      `Узел ${node} не смог принять от этого узла ${format.rows(count)} (сообщено ${format.moment(toldAt)}):`,
    andMore: (count) => `… и ещё ${format.number(count)}`,
    difference: (node, { table, rowsHere, rowsThere, parts, foundAt }) =>
      `Таблица ${table} здесь и на узле ${node} разная (обнаружено ${format.moment(foundAt)}): в частях, которые различаются (${format.number(parts.length)}), здесь ${format.rows(rowsHere)}, там ${format.rows(rowsThere)}.`,
    differenceHint: (command) =>
      `Построчная сверка: ${command}; строки, которые различаются, покажет потом obmen conflicts list`,
    restarted: (code) => `Обмен с узлом ${code} начинается заново.`,
    wouldBeRestarted: (code) => `Обмен с узлом ${code} начался бы заново.`,
    restartedMeans: () =>
      'При следующем обмене узел получит всё, и сам передаст всё; из версий каждой строки останется более поздняя.',
    forks: () => 'начат заново',
    forksSince: (count, lastAt) =>
      count === 0 ? '–' : `${format.number(count)} (${format.moment(lastAt)})`,
  }
}
