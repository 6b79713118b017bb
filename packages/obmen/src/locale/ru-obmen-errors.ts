import { type ConfigInvalid, type ConfigProblem, formatPlace } from '../errors/config-error.ts'
import type { AnyObmenError } from '../errors/known-error.ts'
import type { UsageError, UsageProblem } from '../errors/usage-error.ts'
import type { DatabaseUrlInvalid, MailUrlInvalid, ValueInvalid } from '../errors/value-error.ts'
import { type ErrorTexts, text } from './error-texts.ts'
import type { ErrorText } from './messages.ts'
import { russianConfig } from './ru-config.ts'
import { russianExchangeErrors } from './ru-exchange-errors.ts'
import { russianMailErrors } from './ru-mail-errors.ts'
import { meaningOf } from './setting-meaning.ts'

/** The errors of the program itself in Russian. */
export const russianObmenErrors: ErrorTexts<AnyObmenError> = {
  USAGE_INVALID: (error) => text(describeUsage(error.problem), adviseOnUsage(error)),
  CONFIG_NOT_FOUND: ({ path }) =>
    text(
      `файла настройки ${path} нет`,
      'создайте его: obmen init, или укажите другой: --config ФАЙЛ',
    ),
  CONFIG_INVALID: (error) => {
    const { place, problem } = error
    // An option names the setting already.
    const { message, hint } =
      problem.kind === 'value' && place.kind === 'option'
        ? describeFault(problem.fault)
        : describeConfig(problem)
    return text(`${formatPlace(place)}: ${message}`, explainSetting(error) ?? hint)
  },
  CONFIG_DIFFERS: ({ path, keys }) =>
    text(
      `файл ${path} уже есть, и в нём написано другое: ${keys.join(', ')}`,
      `измените ${path} и выполните obmen init, или укажите другой файл: --config ФАЙЛ`,
    ),
  VALUE_INVALID: (error) => describeValue(error),
  MAIL_URL_INVALID: (error) => describeMailUrl(error),
  SECRET_MISSING: ({ reference }) =>
    reference.kind === 'env'
      ? text(
          `пароля нет в переменной окружения ${reference.name}`,
          `задайте ${reference.name} тому, кто запускает obmen, или укажите в password файл: { file: ./secret }`,
        )
      : text(
          `пароля нет в файле ${reference.path}`,
          `запишите пароль в ${reference.path} и закройте файл от других: chmod 600`,
        ),
  CERTIFICATES_MISSING: ({ path }) =>
    text(
      `в файле ${path} нет ни одного сертификата`,
      'укажите файл с сертификатами в формате PEM (-----BEGIN CERTIFICATE-----); из DER его делает: openssl x509 -inform der -in ФАЙЛ -out ca.pem',
    ),
  FILE_UNUSABLE: ({ path, systemCode }) =>
    text(
      `${path === '' ? 'файл' : path}: ${SYSTEM_WORDS[systemCode] ?? systemCode}`,
      SYSTEM_HINTS[systemCode] ?? 'проверьте путь, диск и права этого пользователя',
    ),
  DATABASE_NOT_FOUND: ({ path }) =>
    text(
      `базы данных ${path} нет`,
      'проверьте database: файл создаёт сама программа, Обмен только участвует в нём',
    ),
  DISK_UNUSABLE: ({ place, problem }) => {
    const file = place.kind === 'database' ? 'база данных' : place.path || 'файл'
    return problem === 'full'
      ? text(
          `${file}: на диске нет места`,
          'освободите место на этом диске и повторите команду: она продолжит с этого места',
        )
      : text(
          `${file}: ошибка диска`,
          'проверьте этот диск, сколько на нём разрешено занять этому пользователю, а если это сетевая папка, то и связь с ней',
        )
  },
  DATABASE_UNUSABLE: ({ words, problem }) =>
    text(`${DATABASE_PROBLEMS[problem]}: ${words}`, DATABASE_HINTS[problem]),
  DATABASE_UNREACHABLE: ({ address, words }) =>
    text(
      `база данных ${address} недоступна: ${words}`,
      'проверьте, работает ли сервер PostgreSQL и верны ли узел и порт в database; серверу без TLS нужно ?tls=none',
    ),
  DATABASE_URL_INVALID: (error) => describeDatabaseUrl(error),
  DATABASE_BUSY: () =>
    text(
      'база данных занята: другая программа уже долго пишет в неё',
      'повторите; если так каждый раз, найдите программу, которая не завершает транзакцию',
    ),
  REFUSED_ROW_UNKNOWN: ({ table, key }) =>
    text(
      `среди отвергнутых строк нет строки ${key} таблицы «${table}»`,
      'посмотрите их: obmen refused list',
    ),
  WORKERS_NEED_POSTGRESQL: () =>
    text(
      'несколько работников могут делить только базу PostgreSQL',
      'с SQLite всё делает один процесс: obmen exchange --watch',
    ),
  EXCHANGE_RUNNING: () =>
    text(
      'обмен с этой базой уже идёт',
      'подождите, пока он закончится; удалять ничего не нужно, даже если он был прерван',
    ),
  SERVER_SILENT: ({ server: { server, scheme, encrypted }, waitedMs }) =>
    text(
      `${server} принимает соединение, но ${waitedMs / 1000} с молчит`,
      encrypted === undefined
        ? 'проверьте, что на этом порту почтовый сервер'
        : `проверьте, что на этом порту почтовый сервер; порт, который шифруется с самого начала (${encrypted.port}), молчит в ответ на ${scheme}://: пишите ${encrypted.scheme}://`,
    ),
  FILE_CHANGED: ({ path }) =>
    text(
      `файл ${path} изменился, пока отправлялся; письмо никто не получил`,
      'дождитесь, пока он будет записан, или отправьте его копию',
    ),
  INTERRUPTED: ({ goesOn }) =>
    text(
      'остановлено до конца',
      goesOn
        ? 'выполните ту же команду снова: она продолжит с этого места'
        : 'ничего не сделано: выполните ту же команду снова, когда это понадобится',
    ),
  UNEXPECTED: ({ cause }) =>
    text(
      `случилось непредвиденное: ${cause instanceof Error ? cause.message : String(cause)}`,
      'это ошибка в Обмене: сообщите о ней и приложите то, что эта же команда печатает с --verbose',
    ),
}

const DATABASE_PROBLEMS: Readonly<
  Record<(AnyObmenError & { readonly code: 'DATABASE_UNUSABLE' })['problem'], string>
> = {
  'read-only': 'в базу данных нельзя писать: файл или его папка только для чтения',
  closed: 'базу данных или её журнал нельзя открыть',
  denied: 'база данных не разрешает этого пользователю',
  server: 'с базой данных нельзя работать',
  other: 'с базой данных нельзя работать',
}

const WRITABLE_HINT =
  'дайте этому пользователю право писать в файл и в его папку: в ней SQLite ведёт журнал'

const DATABASE_HINTS: typeof DATABASE_PROBLEMS = {
  'read-only': WRITABLE_HINT,
  closed: WRITABLE_HINT,
  denied:
    'проверьте пользователя, пароль (OBMEN_DATABASE_PASSWORD, databasePassword или ~/.pgpass) и имя базы; пользователь должен владеть таблицами, видеть в них все строки (BYPASSRLS) и иметь в базе право CREATE',
  server: 'посмотрите журнал сервера PostgreSQL',
  other: 'проверьте, что это база SQLite и что этот пользователь может писать в неё и в её папку',
}

function describeDatabaseUrl({ problem, example }: DatabaseUrlInvalid): ErrorText {
  switch (problem.kind) {
    case 'malformed':
      return text('это не адрес базы PostgreSQL', `напишите, например: ${example}`)
    case 'password':
      return text(
        'в адресе базы данных записан пароль',
        'уберите его: пароль задают переменной OBMEN_DATABASE_PASSWORD, файлом в databasePassword или в ~/.pgpass',
      )
    case 'parameter':
      return text(
        `в адресе базы данных не бывает ?${problem.parameter}`,
        `напишите, например: ${example}, с ?schema=ИМЯ для схемы, отличной от public, или ?tls=none для соединения без шифрования`,
      )
  }
}

function describeUsage(problem: UsageProblem): string {
  switch (problem.kind) {
    case 'command-missing':
      return 'не указана команда'
    case 'command-unknown':
      return `команды «${problem.word}» нет`
    case 'option-unknown':
      return `параметра ${problem.option} здесь нет`
    case 'option-without-value':
      return `параметру ${problem.option} нужно значение`
    case 'option-with-value':
      return `у параметра ${problem.option} не бывает значения`
    case 'option-value-unknown':
      return `параметр ${problem.option} не может быть «${problem.value}»`
    case 'options-missing':
      return `не хватает параметров: ${problem.options.join(' ')}`
    case 'options-exclude-each-other':
      return `параметры ${problem.options.join(' и ')} исключают друг друга`
    case 'argument-missing':
      return `не указано: ${ARGUMENTS[problem.argument] ?? problem.argument}`
    case 'argument-unexpected':
      return `лишнее слово: «${problem.argument}»`
    case 'not-an-assignment':
      return `«${problem.word}» написано не как ИМЯ=ЗНАЧЕНИЕ`
  }
}

const ARGUMENTS: Readonly<Record<string, string>> = { NODE: 'УЗЕЛ', 'NAME=VALUE': 'ИМЯ=ЗНАЧЕНИЕ' }

function adviseOnUsage({ problem, helpCommand }: UsageError): string {
  switch (problem.kind) {
    case 'command-missing':
    case 'command-unknown': {
      const nearest = problem.kind === 'command-unknown' ? problem.nearest : undefined
      if (nearest !== undefined) return `obmen ${nearest}`
      return `одна из: ${problem.known.join(', ')}; см. ${helpCommand}`
    }
    case 'option-unknown':
      return problem.nearest === undefined
        ? helpCommand
        : `может быть, ${problem.nearest}? См. ${helpCommand}`
    case 'option-value-unknown':
      return `одно из: ${problem.known.join(', ')}`
    default:
      return helpCommand
  }
}

function describeConfig(problem: ConfigProblem): ErrorText {
  switch (problem.kind) {
    case 'not-utf8':
      return text('файл записан не в UTF-8', 'сохраните файл в кодировке UTF-8')
    case 'not-yaml':
      return text(
        `это не YAML: ${YAML_WORDS[problem.yamlCode] ?? problem.words}`,
        'посмотрите на эту строку: одна настройка в строке, «имя: значение», отступы только пробелами',
      )
    case 'not-settings':
      return text(
        'в файле нет настроек',
        'пишите по одной настройке в строке, например: plan: УдаленныеСклады',
      )
    case 'key-unknown':
      return text(
        `настройки «${problem.key}» нет`,
        problem.nearest === undefined
          ? `есть такие: ${problem.known.join(', ')}`
          : `может быть, «${problem.nearest}»?`,
      )
    case 'key-missing':
      return text(`нет настройки «${problem.key}»`, `добавьте строку: ${problem.example}`)
    case 'shape':
      return text(
        `настройка «${problem.key}» пишется иначе`,
        `напишите, например: ${problem.example}`,
      )
    case 'value': {
      const { message, hint } = describeFault(problem.fault)
      return text(`${problem.key}: ${message}`, hint)
    }
  }
}

/** What a setting means, where its value is out of range. */
function explainSetting(error: ConfigInvalid): string | undefined {
  const meaning = meaningOf(error, russianConfig)
  return meaning && `напишите, например: ${meaning.example}. ${meaning.text}`
}

function describeFault(fault: (ConfigProblem & { readonly kind: 'value' })['fault']): ErrorText {
  switch (fault.code) {
    case 'PLAN_NAME_INVALID':
      return russianExchangeErrors.PLAN_NAME_INVALID(fault)
    case 'NODE_CODE_INVALID':
      return russianExchangeErrors.NODE_CODE_INVALID(fault)
    case 'ADDRESS_INVALID':
      return russianMailErrors.ADDRESS_INVALID(fault)
    case 'VALUE_INVALID':
      return describeValue(fault)
    case 'MAIL_URL_INVALID':
      return describeMailUrl(fault)
    case 'DATABASE_URL_INVALID':
      return describeDatabaseUrl(fault)
  }
}

const YAML_WORDS: Readonly<Record<string, string>> = {
  BAD_INDENT: 'у строки другой отступ, чем у строк выше, или выше не закрыта скобка',
  BLOCK_AS_IMPLICIT_KEY: 'лишнее двоеточие или слишком большой отступ',
  DUPLICATE_KEY: 'настройка встречается дважды',
  MISSING_CHAR: 'нет закрывающей кавычки или скобки',
  MULTIPLE_DOCS: 'настройки разделены строкой ---',
  NOT_TEXT: 'имена должны быть простыми словами, ссылки (*) не используются',
  TAB_AS_INDENT: 'отступ сделан табуляцией',
  UNEXPECTED_TOKEN: 'есть лишний знак, например закрывающая скобка',
}

const VALUE_KINDS: Readonly<Record<ValueInvalid['expected'], string>> = {
  size: 'объём',
  duration: 'срок',
  count: 'целое число',
  date: 'дата',
  text: 'текст',
  choice: 'одно из возможных значений',
}

function describeValue({ text: value, expected, example, bounds }: ValueInvalid): ErrorText {
  return text(
    bounds === undefined
      ? `«${value}» — это не ${VALUE_KINDS[expected]}`
      : `«${value}» не между ${bounds[0]} и ${bounds[1]}`,
    expected === 'choice' ? `напишите одно из них: ${example}` : `напишите, например: ${example}`,
  )
}

function describeMailUrl({ problem, examples }: MailUrlInvalid): ErrorText {
  const forms = `напишите так: ${examples.join(' или ')}; в имени вместо @ пишите %40`
  switch (problem.kind) {
    case 'malformed':
      return text('это не адрес почтового сервера', forms)
    case 'protocol':
      return text(`протокол «${problem.protocol}» здесь не подходит`, forms)
    case 'password':
      return text(
        'паролю не место в адресе почтового сервера',
        'уберите его и сошлитесь на него: password: { env: OBMEN_MAIL_PASSWORD } или { file: ./secret }',
      )
    case 'user-missing':
      return text('в адресе почтового сервера нет имени пользователя', forms)
    case 'rest':
      return text(`«${problem.rest}» после имени сервера ничего не значит`, forms)
    case 'parameter':
      return text(
        `«${problem.parameter}» здесь ничего не значит`,
        'возможны ?tls=none, отказ от шифрования, и ?auth=PLAIN (или другой способ): вход только так',
      )
    case 'tls-contradiction':
      return text(
        `${problem.protocol} шифруется, а ?tls=none говорит обратное`,
        `уберите ?tls=none или напишите ${problem.protocol.replace(/s$/, '')}://, чтобы обойтись без шифрования`,
      )
  }
}

const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  EACCES: 'нет прав',
  EPERM: 'нет прав',
  ENOENT: 'нет такого файла или папки',
  EISDIR: 'это папка, а не файл',
  ESPIPE: 'это канал, а не файл',
  ENOTDIR: 'часть пути — файл, а не папка',
  EROFS: 'на этот диск нельзя писать',
  EEXIST: 'под этим именем уже есть что-то другое',
}

const SYSTEM_HINTS: Readonly<Record<string, string>> = {
  EACCES: 'дайте этому пользователю право читать и писать там',
  EPERM: 'дайте этому пользователю право читать и писать там',
  ENOENT: 'проверьте путь',
  EISDIR: 'назовите файл, а не папку',
  ESPIPE: 'запишите то, что из него выходит, в файл и назовите его',
  EROFS: 'назовите папку на диске, на который можно писать',
  EEXIST: 'назовите другой путь или уберите то, что там лежит',
}
