import { addArgumentNames } from '../model/named-arguments.ts'

/** A table of data: the names that arguments are given by in Russian. */
addArgumentNames({
  Адрес: 'address',
  ОтображаемоеИмя: 'displayName',

  Сервер: 'server',
  Порт: 'port',
  Port: 'port',
  Аутентификация: 'authentication',
  ИспользоватьSsl: 'useSsl',
  РазрешитьStartTls: 'allowStartTls',
  ТаймаутСоединения: 'connectionTimeout',
  ТаймаутПередачиДанных: 'dataTransferTimeout',
  ПараметрыЗащиты: 'secureParameters',
  ИмяВСертификате: 'servername',
  ОтпечаткиКлючей: 'pins',
  Прокси: 'proxy',

  Пользователь: 'user',
  Пароль: 'password',
  Токен: 'token',
  Механизм: 'mechanism',
  ХранилищеСертификатов: 'certificateStore',
  ХранилищеКлючей: 'keyStore',
  ПарольХранилищаКлючей: 'keyStorePassword',

  Отправитель: 'sender',
  Получатели: 'recipients',
  Тема: 'subject',
  Текст: 'text',
  ВидТекста: 'textKind',
  Кодировка: 'charset',
  Название: 'name',
  ТипСодержимого: 'contentType',
  Ид: 'id',
  ВстроенноеВТекст: 'isInline',
  Метод: 'method',
  Содержимое: 'content',

  СигналОтмены: 'signal',
  ПриПродвижении: 'onProgress',
  Журнал: 'log',
  КлючиDkim: 'dkim',
  Доставка: 'delivery',

  Часы: 'hours',
  Минуты: 'minutes',
  Секунды: 'seconds',
  Миллисекунды: 'milliseconds',
})
