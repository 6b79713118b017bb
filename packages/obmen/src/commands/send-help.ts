import type { Command } from './command.ts'

/** The help of `send`. */
export const sendHelp: Command['help'] = {
  en: {
    summary: 'send a letter, to try a mail server',
    usage: `Sends one letter and tells for each recipient what the server said. Without --server it goes through the
server of the configuration ("send"); with it, no configuration is needed. Ctrl-C breaks off: then nobody
gets the letter, unless it was already out.

usage: obmen send --to ADDRESS --subject TEXT --text TEXT

  --to ADDRESS          to whom; may occur several times, as --cc and --bcc
  --cc ADDRESS          who shall know of it
  --bcc ADDRESS         who gets it too, without the others knowing
  --from ADDRESS        from whom, by default the address of the configuration or of the login
  --subject TEXT        the subject
  --text TEXT           the text, or - for standard input
  --html FILE           the same as HTML
  --attach FILE         a file to go with it; may occur several times
  --server URL          smtps://USER@HOST, or smtp://USER@HOST for STARTTLS; in USER write @ as %40,
                        ?tls=none at the end gives encryption up
  --password-env NAME   the environment variable with the password, by default OBMEN_MAIL_PASSWORD
  --password-file FILE  a file with the password instead
  --ca FILE             certificates to trust (PEM), for a mail server of your own
  --servername NAME     the name in its certificate, if that is another one
  --log                 every line of the conversation with the server, without passwords
  --json                the result as JSON

It ends with 0 when everybody's server took it, 69 when somebody was refused, 75 when somebody may be tried again
later or the connection broke, and otherwise with 65 (data), 66 (a file that is not there), 77 (login or rights) or 78
(configuration).

Examples:
  obmen send --to admin@example.org --subject 'Is it there?' --text 'A test.'
  obmen send --to admin@example.org --subject Log --text - --attach exchange.log < summary.txt
  obmen send --server smtp://office%40example.org@mail.example.org --password-file ./secret --log \\
    --to admin@example.org --subject Test --text Test
`,
  },
  ru: {
    summary: 'отправить письмо, чтобы проверить почтовый сервер',
    usage: `Отправляет одно письмо и рассказывает, что сервер сказал о каждом получателе. Без --server письмо идёт через
сервер из настройки (send); с ним настройка не нужна. Ctrl-C прерывает отправку: тогда письмо никто не получит,
если оно ещё не ушло.

вызов: obmen send --to АДРЕС --subject ТЕКСТ --text ТЕКСТ

  --to АДРЕС            кому; можно повторять, как и --cc и --bcc
  --cc АДРЕС            кому копия
  --bcc АДРЕС           кому скрытая копия
  --from АДРЕС          от кого; по умолчанию адрес из настройки или тот, под которым вход
  --subject ТЕКСТ       тема
  --text ТЕКСТ          текст, или - и текст на стандартном вводе
  --html ФАЙЛ           то же в виде HTML
  --attach ФАЙЛ         приложить файл; можно повторять
  --server URL          smtps://ИМЯ@СЕРВЕР или smtp://ИМЯ@СЕРВЕР (STARTTLS); в ИМЕНИ вместо @ пишите %40,
                        ?tls=none в конце: без шифрования
  --password-env ИМЯ    переменная окружения с паролем, по умолчанию OBMEN_MAIL_PASSWORD
  --password-file ФАЙЛ  или файл с паролем
  --ca ФАЙЛ             каким сертификатам доверять (PEM), если почтовый сервер свой
  --servername ИМЯ      имя в его сертификате, если оно другое
  --log                 показать каждую строку разговора с сервером, без паролей
  --json                итог в виде JSON

Код завершения 0, если письмо принято для всех, 69, если для кого-то отвергнуто, 75, если для кого-то отложено или
связь прервалась, иначе 65 (данные), 66 (нет файла), 77 (вход или права) или 78 (настройка).

Примеры:
  obmen send --to admin@example.org --subject 'Дошло?' --text 'Проверка.'
  obmen send --to admin@example.org --subject Журнал --text - --attach exchange.log < summary.txt
  obmen send --server smtp://office%40example.org@mail.example.org --password-file ./secret --log \\
    --to admin@example.org --subject Проверка --text Проверка
`,
  },
}
