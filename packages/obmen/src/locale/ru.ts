import type { CodeLetters, FormatMessages, Messages } from './messages.ts'
import { russianConfig } from './ru-config.ts'
import { russianConflicts, russianRefused } from './ru-conflicts.ts'
import { explainInRussian } from './ru-errors.ts'
import { russianFindings } from './ru-findings.ts'
import { describeEvent } from './ru-events.ts'
import { russianSend } from './ru-send.ts'
import { type Forms, numeral, russianNumber } from './ru-numeral.ts'
import { shownNodes } from './node-list.ts'

const moments = new Intl.DateTimeFormat('ru', { dateStyle: 'medium', timeStyle: 'short' })

const ROWS: Forms = ['строка', 'строки', 'строк']
const MESSAGES: Forms = ['сообщение', 'сообщения', 'сообщений']
const LETTERS: Forms = ['письмо', 'письма', 'писем']
const TABLES: Forms = ['таблица', 'таблицы', 'таблиц']

const format: FormatMessages = {
  number: russianNumber,
  size: (octets) => formatSize(octets),
  moment: (ms) => moments.format(new Date(ms)),
  rows: (count) => numeral(count, ROWS),
  messages: (count) => numeral(count, MESSAGES),
  letters: (count) => numeral(count, LETTERS),
  tables: (count) => numeral(count, TABLES),
  nodes: (codes) => {
    const { shown, hidden } = shownNodes(codes)
    const more = hidden > 0 ? ` и ещё ${russianNumber(hidden)}` : ''
    return `${codes.length === 1 ? 'узел' : 'узлы'} ${shown}${more}`
  },
}

function alphabets({ latin, cyrillic }: CodeLetters): string {
  const parts = [latin && `латинские ${latin}`, cyrillic && `русские ${cyrillic}`]
  return parts.filter((part) => part !== '').join(', ')
}

function formatSize(octets: number): string {
  if (octets < 1024) return `${octets} Б`
  const isLarge = octets >= 1024 ** 2
  const number = octets / (isLarge ? 1024 ** 2 : 1024)
  return `${new Intl.NumberFormat('ru', { maximumFractionDigits: 1 }).format(number)} ${isLarge ? 'МБ' : 'КБ'}`
}

/** Everything in Russian. */
export const ru: Messages = {
  language: 'ru',
  format,
  config: russianConfig,
  errorText: explainInRussian,
  general: {
    errorLine: (message) => `ошибка: ${message}`,
    tryLine: (hint) => `что делать: ${hint}`,
    yes: () => 'да',
    no: () => 'нет',
    unprepared: (tables, command) =>
      `Ещё не участвуют в обмене: ${tables.join(', ')}. Их изменения не отмечаются; чтобы начать: ${command}`,
    nothingChanged: () => 'Ничего не изменено (--dry-run).',
    nodeTooOld: (version) =>
      `ошибка: это Node.js ${version}, а для Обмена нужна версия 24.16 или новее, а из версий 26 — не раньше 26.1\nчто делать: https://nodejs.org/`,
    overview: (commands) =>
      [
        'Обмен поддерживает базы данных одинаковыми, обмениваясь по электронной почте.',
        '',
        'вызов: obmen КОМАНДА [ПАРАМЕТРЫ]',
        '',
        ...commands.map(({ name, summary }) => `  ${name.padEnd(18)} ${summary}`),
        '',
        'Параметры любой команды:',
        '  --config ФАЙЛ   настройка, по умолчанию obmen.yaml в этой папке',
        '  --lang ru|en    язык, по умолчанию язык системы',
        '  --verbose       при ошибке показать всё; exchange покажет и каждую строку почтовых серверов',
        '  --help          что делает команда, с примерами',
        '  --version       версия Обмена',
        '',
        'Примеры:',
        '  obmen init --help',
        '  obmen exchange',
        '',
      ].join('\n'),
  },
  init: {
    configWritten: (path) => `Записан файл ${path}.`,
    configPresent: (path) => `Файл ${path} уже есть и остаётся как был.`,
    configWouldBeWritten: (path) => `Был бы записан файл ${path}.`,
    prepared: (database, node, plan) =>
      `База ${database} подготовлена: узел ${node} плана обмена ${plan}.`,
    wouldBePrepared: (database, node, plan) =>
      `База ${database} была бы подготовлена: узел ${node} плана обмена ${plan}.`,
    tableTitle: () => 'таблица',
    rowsTitle: () => 'строк',
    kindTitle: () => 'изменение',
    kind: (kind) =>
      ({ added: 'добавлена', repaired: 'восстановлена', present: 'без изменений' })[kind],
    removedKind: () => 'исключена',
    noTables: () => 'В этой базе пока нет таблиц для обмена.',
    next: (steps) => ['Дальше:', ...steps.map((step) => `  ${step}`)].join('\n'),
    stepPasswordEnv: (name) => `задайте переменную окружения ${name}: пароль почтового ящика`,
    stepPasswordFile: (path) => `запишите пароль почтового ящика в файл ${path} (chmod 600)`,
    stepAddNode: (command) => `${command('КОД')}   # другой узел, по его коду`,
    stepExchange: (command) => `${command}   # сейчас, а затем так часто, как нужно`,
  },
  node: {
    added: (code) => `Узел ${code} добавлен.`,
    attributes: () => 'признаки',
    attributesAre: (code, attributes) => `Признаки узла ${code}: ${attributes}`,
    attributesMean: () => 'При следующем обмене узел получит то, чем стала его доля.',
    wouldBeAdded: (code) => `Узел ${code} был бы добавлен.`,
    addedMeans: (plan, command) =>
      `При следующем обмене будут переданы все строки плана ${plan}. На той стороне добавьте этот узел: ${command}`,
    looksLike: (code, known) =>
      `Внимание: ${code.code} (${alphabets(code)}) похож на ${known.code} (${alphabets(known)}), но это другой узел: коды сравниваются по буквам.`,
    mixesAlphabets: (code) =>
      `Внимание: в ${code.code} смешаны алфавиты: ${alphabets(code)}. На его площадке он должен быть записан так же.`,
    otherAlphabet: (code, thisNode) =>
      `Внимание: в ${code.code} ${alphabets(code)}, а в ${thisNode.code} ${alphabets(thisNode)}. На его площадке он должен быть записан так же.`,
    removed: (code) => `Узел ${code} удалён.`,
    wouldBeRemoved: (code) => `Узел ${code} был бы удалён.`,
    removedMeans: (command) =>
      `Ему больше ничего не отправляется и ничего от него не принимается; письма в пути останутся в ящике. Если добавить его снова (${command}), он получит все строки заново.`,
    none: (command) => `Других узлов пока нет. Добавить узел: ${command}`,
    title: () => 'узел',
    epoch: () => 'эпоха',
    sentNo: () => 'отправлено №',
    acknowledgedNo: () => 'подтверждено №',
    receivedNo: () => 'принято №',
    unacknowledged: () => 'не подтверждено',
    oldestUnacknowledged: () => 'самое старое без ответа',
    undelivered: () => 'ещё не доставлено',
    owesAcknowledgement: () => 'ждёт подтверждения от нас',
    gapBefore: () => 'не хватает сообщений до №',
  },
  exchange: {
    event: (event) => describeEvent(event, format),
    connecting: (host) => `соединение с ${host}`,
    silent: ({ server, scheme, encrypted }) =>
      encrypted === undefined
        ? `${server} пока молчит`
        : `${server} пока молчит; так бывает, если порт шифруется с самого начала (${encrypted.port}), а указано ${scheme}://: тогда пишите ${encrypted.scheme}://`,
    looking: (looked, letters) =>
      `просмотр писем: ${russianNumber(looked)} из ${russianNumber(letters)}`,
    stopping: () => 'остановка: сделанное сохраняется; ещё раз — закончить программу сразу',
    troubleIsOver: () => 'неполадки кончились: обмен идёт дальше',
    nodeProblem: (node, message) => `узел ${node}: ${message}`,
    sameProblem: (nodes, message) => `то же (${format.nodes(nodes)}): ${message}`,
    waitingInTitle: () => 'сообщений к приёму',
    waitingOutTitle: () => 'строк к отправке',
    serversAnswer: (send, receive) =>
      `Оба почтовых сервера отвечают и принимают вход: ${receive} и ${send}.`,
    nodeTitle: () => 'узел',
    receivedTitle: () => 'принято',
    appliedTitle: () => 'строк записано',
    conflictsTitle: () => 'конфликтов',
    refusedTitle: () => 'отвергнуто',
    sentTitle: () => 'отправлено',
    rowsTitle: () => 'строк отправлено',
    sizeTitle: () => 'объём',
    resultTitle: () => 'итог',
    inStep: () => 'готово',
    failed: () => 'ошибка',
    ignored: (count) =>
      `Не принято, потому что эти таблицы узел только отправляет: ${format.rows(count)}. Смотрите direction в разделе rules.`,
    refusedHint: () =>
      'База не приняла некоторые строки; они сохранены, и запись будет повторена. Подробности: obmen status',
  },
  conflicts: russianConflicts,
  refused: russianRefused(format),
  findings: russianFindings(format),
  send: russianSend(format),
  status: {
    plan: () => 'план обмена',
    thisNode: () => 'этот узел',
    mainNode: () => 'центральный узел',
    mainNodeUnknown: (code, nearest) =>
      nearest === undefined
        ? `${code}, среди узлов здесь его нет`
        : `${code}, среди узлов здесь его нет; может быть, «${nearest}»? Тогда исправьте main`,
    database: () => 'база данных',
    address: () => 'почтовый ящик',
    waiting: () => 'строк к отправке',
    conflicts: (count, open) => {
      const state = open === 0 ? 'все решены' : `ждут решения: ${russianNumber(open)}`
      return `Конфликтов: ${russianNumber(count)}${count === 0 ? '' : `, ${state}`}`
    },
    unsentRows: (count) => `Строк, которые нельзя отправить как есть: ${russianNumber(count)}`,
    unsentReason: (reason) =>
      reason.kind === 'not-utf8'
        ? `текст в «${reason.column}» не в UTF-8`
        : `больше, чем принимает почтовый сервер: ${formatSize(reason.sizeOctets)}`,
    refusedRows: (count) => `Строк, которые база не приняла: ${russianNumber(count)}`,
    winner: (winner) => ({ ours: 'этого узла', theirs: 'того узла', merged: 'из обеих' })[winner],
    keyBlocks: () => 'Блоки ключей',
    blockTitle: () => 'блок',
    keysLeftTitle: () => 'осталось ключей',
    keyWarning: ({ block, left }) =>
      block === undefined
        ? 'ждёт блока от центрального узла'
        : left === 0
          ? 'ключей не осталось: нужен обмен с центральным узлом'
          : 'ключей мало: нужен обмен с центральным узлом',
    tableTitle: () => 'таблица',
    keyTitle: () => 'ключ',
    nodeTitle: () => 'узел',
    reasonTitle: () => 'причина',
    winnerTitle: () => 'осталась строка',
    momentTitle: () => 'когда',
    rowsTitle: () => 'строк',
    checksumTitle: () => 'контрольная сумма',
    more: (count) => `… и ещё ${russianNumber(count)} более старых: см. --json`,
  },
}
