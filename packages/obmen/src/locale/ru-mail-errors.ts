import type { AnyMailError } from '@obmen/mail/errors'

import { type ErrorTexts, text } from './error-texts.ts'

/** The errors of `@obmen/mail` in Russian, for the administrator of a site. */
export const russianMailErrors: ErrorTexts<AnyMailError> = {
  ADDRESS_INVALID: ({ input }) =>
    text(`«${input}» не похоже на адрес электронной почты`, 'напишите адрес так: имя@example.org'),
  HEADER_INVALID: ({ field }) =>
    text(
      `письмо не составлено: в ${field} есть недопустимые знаки`,
      'проверьте subjectPrefix и address в настройке',
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
  CONNECTION_LOST: (error) =>
    text(
      `соединение с почтовым сервером прервалось (${error.message})`,
      'повторите обмен позже; если так каждый раз, посмотрите последние строки сервера: --verbose',
    ),
  DEADLINE_EXCEEDED: ({ phase, timeoutMs }) =>
    text(
      `почтовый сервер не ответил за ${Math.round(timeoutMs / 1000)} с (${PHASES[phase]})`,
      'повторите обмен позже; проверьте сеть на этом компьютере',
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
      'проверьте порт; с smtps:// и pop3s:// соединение шифруется с самого начала (465, 995)',
    ),
  TLS_FAILED: ({ host, port, check }) => {
    const [verdict, hint] = TLS_CHECKS[check]
    return text(`защищённое соединение с ${host}:${port} не установлено: ${verdict}`, hint)
  },
  AUTHENTICATION_FAILED: ({ user, serverWords }) =>
    text(
      `почтовый сервер не пустил пользователя «${user}»${serverWords === undefined ? '' : `: ${serverWords}`}`,
      'проверьте имя в send и receive и пароль; некоторым почтовым службам нужен отдельный пароль для программ, а серверу, который предлагает больше, чем умеет, — ?auth=PLAIN в адресе',
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
  SMTP_SIZE_EXCEEDED: ({ sizeOctets, limitOctets }) =>
    text(
      `письмо слишком велико: ${sizeOctets} байт, а сервер принимает не больше ${limitOctets}`,
      'уменьшите messageSize в настройке',
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
  IMAP_COMMAND_REJECTED: ({ responseCode, serverWords, transient }) =>
    text(
      `почтовый сервер отказал: ${responseCode === undefined ? '' : `[${responseCode}] `}${serverWords}`,
      transient ? 'повторите обмен позже' : 'спросите администратора почтового сервера',
    ),
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
  ECONNREFUSED: 'проверьте порт: 465 или 587 для отправки, 995 или 110 для приёма',
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
  'not-tls': [
    'сервер отвечает без шифрования',
    'с smtp:// и pop3:// шифрование включается командой (порты 587, 25, 110)',
  ],
  version: ['сервер не знает TLS 1.2 и новее', 'почтовый сервер нужно обновить'],
  'octets-before-tls': [
    'кто-то по дороге добавил данные до шифрования',
    'поищите на пути антивирус или прибор, который вмешивается в почту',
  ],
  handshake: ['не удалось договориться о шифровании', 'проверьте настройки TLS почтового сервера'],
}
