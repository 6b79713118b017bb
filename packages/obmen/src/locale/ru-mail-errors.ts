import type { AnyMailError, AttachedLetterFlaw } from '@obmen/mail/errors'

import { type ErrorTexts, text } from './error-texts.ts'

/** The errors of `@obmen/mail` in Russian, for the administrator of a site. */
export const russianMailErrors: ErrorTexts<AnyMailError> = {
  ADDRESS_INVALID: ({ input }) =>
    text(`«${input}» не похоже на адрес электронной почты`, 'напишите адрес так: имя@example.org'),
  HEADER_INVALID: ({ field }) =>
    text(
      `письмо не составлено: в ${field} есть недопустимые знаки`,
      'проверьте subjectPrefix и address в настройке, а в obmen send — тему и имена файлов',
    ),
  ATTACHED_LETTER_INVALID: ({ flaw, fileName, offsetOctets }) =>
    text(
      `письмо не дописано: во вложенном письме${fileName === undefined ? '' : ` «${fileName}»`} ${RUSSIAN_FLAWS[flaw]}, байт ${offsetOctets}`,
      'вложите его как файл другого типа, например application/octet-stream',
    ),
  LIMIT_EXCEEDED: ({ limit, value, option }) =>
    text(
      `пришло больше, чем допустимо: ${value} при пределе ${limit} (${option})`,
      'проверьте, что это действительно почтовый сервер; если да, сообщите об этом разработчикам',
    ),
  CONNECTION_FAILED: ({ host, port, systemCode }) =>
    text(
      `не удалось соединиться с ${host}:${port}: ${CONNECTION_WORDS[systemCode] ?? systemCode}`,
      CONNECTION_HINTS[systemCode] ?? 'проверьте сеть на этом компьютере, имя сервера и порт',
    ),
  PROXY_FAILED: ({ target, proxy, reason, proxyWords }) => {
    const [verdict, hint] = PROXY_FAILURES[reason]
    const words = proxyWords === undefined ? '' : `: ${proxyWords}`
    return text(
      `соединиться с ${target} через прокси-сервер ${proxy.host}:${proxy.port} не удалось: ${verdict}${words}`,
      hint,
    )
  },
  CONNECTION_LOST: (error) =>
    text(
      `соединение с почтовым сервером прервалось (${error.message})`,
      'повторите позже; если так каждый раз, посмотрите последние строки сервера: --verbose (в obmen send: --log)',
    ),
  DEADLINE_EXCEEDED: ({ phase, timeoutMs, server }) =>
    text(
      `почтовый сервер${server === undefined ? '' : ` ${server}`} не ответил за ${Math.round(timeoutMs / 1000)} с (${PHASES[phase]})`,
      phase === 'receive'
        ? 'проверьте имя сервера, порт и сеть и повторите позже; порт, который шифруется с самого начала (465, 993, 995), молчит в ответ на smtp://, imap:// и pop3://: пишите smtps://, imaps://, pop3s://'
        : 'повторите позже; проверьте сеть на этом компьютере',
    ),
  ABORTED: () => text('разговор с почтовым сервером прерван по команде', 'запустите обмен снова'),
  PROTOCOL_VIOLATION: ({ line }) =>
    text(
      `сервер отвечает не по правилам${line === undefined ? '' : `: «${line}»`}`,
      'проверьте имя сервера и порт: похоже, там не тот почтовый сервер',
    ),
  TLS_UNAVAILABLE: () =>
    text(
      'сервер не предлагает шифрования (STARTTLS), поэтому ничего не отправлено',
      'проверьте порт; с smtps://, imaps:// и pop3s:// соединение шифруется с самого начала (465, 993, 995)',
    ),
  TLS_FAILED: ({ host, port, check, seenPin }, command) => {
    const [verdict, usual] = TLS_CHECKS[check]
    const hint = (command === 'send' ? SEND_TLS_HINTS[check] : undefined) ?? usual
    const seen = seenPin === undefined ? '' : ` (${seenPin})`
    return text(`защищённое соединение с ${host}:${port} не установлено: ${verdict}${seen}`, hint)
  },
  AUTHENTICATION_FAILED: ({ user, serverWords }) =>
    text(
      `почтовый сервер не пустил пользователя «${user}»${serverWords === undefined ? '' : `: ${serverWords}`}`,
      'проверьте имя (в send, receive или --server) и пароль; некоторым почтовым службам нужен отдельный пароль для программ, а серверу, который предлагает больше, чем умеет, — ?auth=PLAIN в адресе',
    ),
  NO_USABLE_MECHANISM: ({ offered }) =>
    text(
      `войти на почтовый сервер нельзя: подходящего способа нет (${offered.length === 0 ? 'он не предлагает ни одного' : `он предлагает ${offered.join(' ')}`})`,
      'проверьте, что соединение шифруется, или спросите почтовую службу, как входят программы',
    ),
  SMTP_REPLY_REJECTED: ({ reply, transient }) =>
    text(
      `почтовый сервер отказал: ${reply.toString()}`,
      transient
        ? 'повторите обмен позже'
        : 'спросите администратора почтового сервера, почему он не принимает этот компьютер',
    ),
  SMTP_CAPABILITY_MISSING: ({ capability }) =>
    text(
      `почтовый сервер не умеет ${capability}, а письму это нужно`,
      'возьмите почтовый адрес из латинских букв; имя домена запишите как xn--…',
    ),
  SMTP_CONTENT_INVALID: ({ line }) =>
    text(
      `письмо не отправлено: в его строке ${line} есть то, чего в письме быть не может`,
      'сообщите об этом разработчикам',
    ),
  SMTP_SIZE_EXCEEDED: ({ sizeOctets, limitOctets, isBegun }) =>
    text(
      `письмо слишком велико: ${sizeOctets} байт${isBegun ? ' или больше' : ''}, а сервер принимает не больше ${limitOctets}`,
      'приложите меньше файлов или разделите их на несколько писем',
    ),
  POP3_RESPONSE_REJECTED: ({ response, transient }) =>
    text(
      `почтовый сервер отказал: ${[response.code === undefined ? '' : `[${response.code}] `, response.text].join('')}`,
      transient
        ? 'повторите обмен позже; ящик может читать только одна программа сразу'
        : 'спросите администратора почтового сервера',
    ),
  POP3_DELETIONS_UNCONFIRMED: ({ maildropNumbers }) =>
    text(
      `сервер не подтвердил удаление принятых писем (${maildropNumbers.length})`,
      'ничего: если письма придут снова, они будут узнаны',
    ),
  IMAP_COMMAND_REJECTED: ({ command, responseCode, serverWords, transient }) => {
    const words = `${responseCode === undefined ? '' : `[${responseCode}] `}${serverWords}`
    if (transient) return text(`почтовый сервер отказал: ${words}`, 'повторите обмен позже')
    return command.startsWith('SELECT')
      ? text(
          `почтовый сервер не открыл папку (${command}): ${words}`,
          'проверьте папку в receive, например imaps://user@mail.example.org/Exchange; без имени это INBOX',
        )
      : text(`почтовый сервер отказал: ${words}`, 'спросите администратора почтового сервера')
  },
  IMAP_CAPABILITY_MISSING: ({ capability }) =>
    text(
      `почтовый сервер не умеет ${capability}, а без этого так сделать нельзя`,
      'спросите почтовую службу о сервере, который это умеет',
    ),
  IMAP_SIZE_EXCEEDED: ({ sizeOctets, limitOctets }) =>
    text(
      `письмо слишком велико для ящика: ${sizeOctets} байт, а сервер принимает не больше ${limitOctets}`,
      'уменьшите messageSize в настройке',
    ),
  DKIM_KEY_UNUSABLE: ({ check, domain, selector }) => {
    const [verdict, hint] = DKIM_KEY_CHECKS[check]
    return text(`ключ DKIM «${selector}» домена «${domain}» непригоден: ${verdict}`, hint)
  },
  DKIM_CONTENT_CHANGED: ({ signedOctets }) =>
    text(
      `отправка подписанного письма прервана: оно уже не то, что было подписано (${signedOctets} байт)`,
      'отправьте письмо снова, когда никто не изменяет вложенные в него файлы',
    ),
  EMAIL_ADDRESS_INVALID: ({ input }) =>
    text(`«${input}» не похоже на адрес электронной почты`, 'напишите адрес так: имя@example.org'),
  EMAIL_NOT_SENT: ({ outcome, rejectedRecipients, message }) =>
    text(`${SENDING_FAILURES[outcome]} (${message})`, sendingHint(outcome, rejectedRecipients)),
  MAILBOX_FAILED: ({ message, transient }) =>
    text(
      `с почтовым ящиком не получилось (${message})`,
      transient
        ? 'повторите позже'
        : 'проверьте параметры подключения и настройки почтового сервера',
    ),
  EMAIL_NOT_DELETED: ({ indexes }) =>
    text(
      `сервер не подтвердил удаление писем (${indexes.length})`,
      'эти письма могут прийти снова: узнавайте их по идентификатору сообщения',
    ),
  EMAIL_DIRECTORY_NOT_FOUND: ({ path }) =>
    text(`на почтовом сервере нет каталога «${path}»`, 'проверьте путь или создайте каталог'),
  ILLEGAL_ARGUMENT: ({ message }) =>
    text(`недопустимое значение (${message})`, 'исправьте значение'),
  ILLEGAL_STATE: ({ message }) =>
    text(`сейчас это невозможно (${message})`, 'проверьте, чего письму не хватает'),
}

type SendingOutcome = Extract<AnyMailError, { readonly code: 'EMAIL_NOT_SENT' }>['outcome']

const SENDING_FAILURES: Readonly<Record<SendingOutcome, string>> = {
  failed: 'письмо не отправлено',
  refused: 'сервер не принял письмо ни для кого из получателей',
  partial: 'сервер принял письмо не для всех получателей',
  unknown: 'неизвестно, дошло ли письмо: соединение прервалось, когда оно было передано',
}

function sendingHint(outcome: SendingOutcome, rejected: readonly string[]): string {
  switch (outcome) {
    case 'failed':
      return 'письмо никому не ушло: устраните причину и отправьте его снова'
    case 'refused':
      return 'посмотрите, что сервер ответил о каждом получателе'
    case 'partial':
      return `отправьте письмо снова только тем, для кого оно не принято: ${rejected.join(', ')}`
    case 'unknown':
      return 'проверьте, не пришло ли письмо, прежде чем отправлять его снова'
  }
}

type MailError<Code> = Extract<AnyMailError, { readonly code: Code }>

const CONNECTION_WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'сервера с таким именем нет',
  EAI_AGAIN: 'имя сервера сейчас не определяется',
  ECONNREFUSED: 'на этом порту никто не отвечает',
  EHOSTUNREACH: 'до сервера нет дороги',
  ENETUNREACH: 'нет сети',
  ETIMEDOUT: 'ответа нет',
  ECONNRESET: 'соединение сброшено',
}

const CONNECTION_HINTS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'проверьте имя сервера и то, что у этого компьютера есть сеть',
  EAI_AGAIN: 'проверьте, что у этого компьютера есть сеть',
  ECONNREFUSED: 'проверьте порт: 465 или 587 для отправки, 993, 995, 143 или 110 для приёма',
}

const PROXY_FAILURES: Readonly<
  Record<MailError<'PROXY_FAILED'>['reason'], readonly [verdict: string, hint: string]>
> = {
  unreachable: [
    'до прокси-сервера нет дороги',
    'проверьте имя и порт прокси-сервера и сеть на этом компьютере',
  ],
  tls: ['соединение с прокси-сервером не шифруется', 'проверьте tls и ca прокси-сервера'],
  lost: [
    'прокси-сервер закрыл соединение',
    'повторите позже; если так каждый раз, проверьте вид и порт прокси-сервера',
  ],
  'not-a-proxy': [
    'там отвечает не прокси-сервер этого вида',
    'проверьте вид и порт прокси-сервера',
  ],
  authentication: [
    'прокси-сервер не пускает этого пользователя',
    'проверьте имя и пароль для прокси-сервера',
  ],
  refused: [
    'прокси-сервер этого не разрешает',
    'попросите администратора прокси-сервера разрешить имя и порт почтового сервера',
  ],
  unsupported: ['прокси-сервер этого не умеет', 'возьмите прокси-сервер другого вида'],
  target: ['прокси-серверу почтовый сервер недоступен', 'проверьте имя и порт почтового сервера'],
  failure: ['у прокси-сервера не получилось', 'повторите позже; посмотрите журнал прокси-сервера'],
}

const PHASES: Readonly<Record<MailError<'DEADLINE_EXCEEDED'>['phase'], string>> = {
  connect: 'соединение',
  tls: 'шифрование',
  send: 'передача',
  receive: 'ожидание ответа',
  source: 'ожидание следующей части содержимого',
  sink: 'ожидание, пока получатель примет содержимое',
  token: 'получение токена',
  total: 'разговор целиком',
}

const TLS_CHECKS: Readonly<
  Record<MailError<'TLS_FAILED'>['check'], readonly [verdict: string, hint: string]>
> = {
  expired: [
    'срок сертификата сервера истёк',
    'сертификат нужно обновить; проверьте дату на этом компьютере',
  ],
  'not-yet-valid': ['сертификат сервера ещё не действует', 'проверьте дату на этом компьютере'],
  'self-signed': [
    'сертификат сервера подписан им самим',
    'если сервер ваш, укажите его сертификат (PEM) в ca',
  ],
  'unknown-issuer': [
    'издатель сертификата сервера неизвестен',
    'если сервер ваш, укажите сертификат издателя (PEM) в ca',
  ],
  'wrong-host': [
    'сертификат выдан на другое имя',
    'укажите имя из сертификата как имя сервера или в servername',
  ],
  revoked: ['сертификат сервера отозван', 'сертификат нужно заменить'],
  certificate: ['сертификат сервера не принят', 'проверьте цепочку сертификатов сервера'],
  'client-certificate': [
    'сервер требует сертификат от нас',
    'возьмите порт, где хватает имени и пароля',
  ],
  pin: [
    'ключ сервера не тот, который закреплён',
    'спросите администратора почтового сервера; если ключ сменили намеренно, добавьте его в pins',
  ],
  'not-tls': [
    'сервер отвечает без шифрования',
    'с smtp://, imap:// и pop3:// шифрование включается командой (порты 587, 25, 143, 110)',
  ],
  version: ['сервер не знает TLS 1.2 и новее', 'почтовый сервер нужно обновить'],
  'octets-before-tls': [
    'кто-то по дороге добавил данные до шифрования',
    'поищите на пути антивирус или прибор, который вмешивается в почту',
  ],
  handshake: ['не удалось договориться о шифровании', 'проверьте настройки TLS почтового сервера'],
}

/** `obmen send` may have no configuration, and has options for the same. */
const SEND_TLS_HINTS: Readonly<Partial<Record<keyof typeof TLS_CHECKS, string>>> = {
  'self-signed': 'если сервер ваш, укажите его сертификат (PEM): --ca ФАЙЛ',
  'unknown-issuer': 'если сервер ваш, укажите сертификат издателя (PEM): --ca ФАЙЛ',
  'wrong-host': 'укажите имя из сертификата как имя сервера или так: --servername ИМЯ',
}

const RUSSIAN_FLAWS: Readonly<Record<AttachedLetterFlaw, string>> = {
  nul: 'есть нулевой байт',
  'bare line end': 'строка кончается не CRLF',
  'octet over 127': 'есть знаки не из ASCII',
  'line too long': 'есть строка длиннее 998 байт',
  delimiter: 'есть строка, которой оно должно кончаться',
}

const DKIM_KEY_CHECKS: Readonly<
  Record<MailError<'DKIM_KEY_UNUSABLE'>['check'], readonly [verdict: string, hint: string]>
> = {
  domain: ['такого имени домена быть не может', 'напишите домен как в адресе: example.org'],
  selector: [
    'такого селектора быть не может',
    'напишите селектор, как он опубликован, без ._domainkey и домена: латинские буквы, цифры, дефис, точка',
  ],
  'selector-taken': [
    'такой же селектор у другого ключа, а в DNS на каждый селектор один ключ',
    'опубликуйте каждый ключ под своим селектором',
  ],
  'not-a-key': [
    'это не закрытый ключ в формате PEM',
    'возьмите текст файла ключа целиком, от -----BEGIN до END-----, вместе с переводами строк',
  ],
  encrypted: ['закрытый ключ защищён паролем', 'снимите пароль: openssl pkey -in ФАЙЛ -out ФАЙЛ'],
  public: [
    'это открытый ключ или сертификат, им не подписывают',
    'возьмите закрытый ключ; открытый публикуют в DNS',
  ],
  'key-type': ['ключей такого вида в DKIM нет', 'создайте ключ RSA на 2048 бит или ключ Ed25519'],
  'too-short': [
    'ключ RSA короче 1024 бит, такие подписи никто не принимает',
    'создайте ключ RSA не короче 2048 бит или ключ Ed25519',
  ],
  damaged: [
    'его подпись не сходится с его же открытым ключом',
    'возьмите ключ ещё раз оттуда, где он создан',
  ],
}
