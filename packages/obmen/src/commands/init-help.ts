import type { Command } from './command.ts'

/** The help of `init`. */
export const initHelp: Command['help'] = {
  en: {
    summary: 'write the configuration and prepare the database',
    usage: `Writes the configuration file, if there is none yet, and prepares the database: makes Obmen's own
tables (obmen_…) and triggers that register changes. The application's tables are not changed.
Run it again after tables were added. It asks nothing, and a failure changes nothing.

usage: obmen init --plan NAME --node CODE --database FILE --address ADDRESS --send URL --receive URL

  --plan NAME            the exchange plan, the same on all nodes
  --node CODE            this node, another code on each
  --database FILE        the application's database: a SQLite file, or postgres://USER@HOST/DATABASE
  --only TABLE           exchange this table only; may occur several times
  --except TABLE         exchange all tables but this one; may occur several times
  --address ADDRESS      the mailbox through which all nodes exchange
  --send URL             smtps://USER@HOST, or smtp://USER@HOST for STARTTLS
  --receive URL          imaps://USER@HOST or pop3s://USER@HOST; imap:// or pop3:// for STARTTLS
                         in USER write @ as %40; ?tls=none at the end gives encryption up,
                         ?auth=PLAIN names the way to log in
  --password-env NAME    the environment variable with the password, by default OBMEN_MAIL_PASSWORD
  --password-file FILE   a file with the password instead
  --ca FILE              certificates to trust (PEM), for a mail server of your own
  --servername NAME      the name in the server's certificate, where it is not its host
  --subject-prefix TEXT  what the subjects of our letters begin with
  --message-size SIZE    how large a message may become, by default 10 MB
  --window COUNT         messages on their way without an answer, by default 24
  --resend-after TIME    after so long a message counts as lost, by default 1 day
  --spool FOLDER         messages on their way, by default obmen-spool beside the file
  --repair               make triggers anew that were changed or removed
  --moved                the database was moved here, and the old one is gone for good
  --dry-run              tell what would be done, and do nothing
  --json                 the result as JSON

Examples:
  obmen init --plan Warehouses --node HQ --database trade.db --address exchange@example.org \\
    --send smtps://exchange%40example.org@mail.example.org \\
    --receive pop3s://exchange%40example.org@mail.example.org
  obmen init              # after a table was added
  obmen init --repair     # after triggers were lost
`,
  },
  ru: {
    summary: 'записать настройку и подготовить базу данных',
    usage: `Записывает файл настройки, если его ещё нет, и готовит базу данных: создаёт служебные таблицы
(obmen_…) и триггеры, которые регистрируют изменения. Таблицы самой программы не меняются.
Выполните снова, когда в базе появятся новые таблицы. Ничего не спрашивает; при ошибке ничего не меняет.

вызов: obmen init --plan ИМЯ --node КОД --database ФАЙЛ --address АДРЕС --send URL --receive URL

  --plan ИМЯ             план обмена, одинаковый на всех узлах
  --node КОД             этот узел, на каждом узле свой код
  --database ФАЙЛ        база программы: файл SQLite или postgres://ПОЛЬЗОВАТЕЛЬ@УЗЕЛ/БАЗА
  --only ТАБЛИЦА         только эта таблица; можно повторять
  --except ТАБЛИЦА       все таблицы, кроме этой; можно повторять
  --address АДРЕС        почтовый ящик, через который обмениваются все узлы
  --send URL             smtps://ИМЯ@СЕРВЕР или smtp://ИМЯ@СЕРВЕР (STARTTLS)
  --receive URL          imaps://ИМЯ@СЕРВЕР или pop3s://ИМЯ@СЕРВЕР;
                         imap:// и pop3:// для STARTTLS;
                         в ИМЕНИ вместо @ пишите %40; ?tls=none в конце: без шифрования,
                         ?auth=PLAIN: входить только так
  --password-env ИМЯ     переменная окружения с паролем, по умолчанию OBMEN_MAIL_PASSWORD
  --password-file ФАЙЛ   или файл с паролем
  --ca ФАЙЛ              каким сертификатам доверять (PEM), если почтовый сервер свой
  --servername ИМЯ       имя в сертификате сервера, если оно другое
  --subject-prefix ТЕКСТ с чего начинается тема наших писем
  --message-size РАЗМЕР  каким большим может быть сообщение, по умолчанию 10 МБ
  --window ЧИСЛО         сообщений в пути без ответа, по умолчанию 24
  --resend-after СРОК    когда сообщение считается потерянным, по умолчанию 1 день
  --spool ПАПКА          сообщения в пути, по умолчанию obmen-spool рядом с файлом
  --repair               заново создать триггеры, которые изменились или пропали
  --moved                базу перенесли сюда, и старой больше нет
  --dry-run              рассказать, что было бы сделано, и ничего не делать
  --json                 итог в виде JSON

Примеры:
  obmen init --plan УдаленныеСклады --node ЦБ --database trade.db --address exchange@example.org \\
    --send smtps://exchange%40example.org@mail.example.org \\
    --receive pop3s://exchange%40example.org@mail.example.org
  obmen init              # когда в базе появилась таблица
  obmen init --repair     # когда пропали триггеры
`,
  },
}
