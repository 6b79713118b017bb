import type { FormatMessages } from '../locale/messages.ts'
import type {
  DayTexts,
  EndingTexts,
  FirstLoadTexts,
  JoiningTexts,
  MakeDemoTexts,
  OpeningTexts,
  PeopleTexts,
  ResultTexts,
  ServingTexts,
} from './texts.ts'
import { russianMishaps } from './texts-ru-mishaps.ts'

const opening: OpeningTexts = {
  title: () =>
    'Обмен: центральная база и два склада ведут одни и те же данные, и всё только по почте',
  story: () =>
    'Три места, в каждом своя база SQLite. Их не связывает ничего, кроме одного почтового ящика: ни VPN, ни открытых ' +
    'портов, ни постоянного соединения. Письма ниже настоящие: они идут по SMTP и POP3 через сокеты, а почтовый сервер ' +
    'работает прямо в этой программе.',
  siteTitle: () => 'узел',
  whatTitle: () => 'что это',
  databaseTitle: () => 'база данных',
  rowsTitle: () => 'строк',
  office: () => 'центральная база: торговля, данные Northwind',
  warehouse: () => 'склад: те же таблицы, пустые',
  post: ({ address, smtp, pop3 }) => `Ящик один на всех: ${address}, SMTP ${smtp}, POP3 ${pop3}.`,
  temporaryFolder: (path) => `Всё лежит в папке ${path} и в конце будет удалено.`,
  keptFolder: (path) => `Всё лежит в папке ${path} и останется там.`,
}

const joining = (format: FormatMessages): JoiningTexts => ({
  heading: () => '1. Три базы вступают в обмен',
  explain: () =>
    'В каждом месте команда init записывает настройки и готовит базу: теперь база сама отмечает, какие строки изменились. ' +
    'Таблицы остаются как были, и программам, которые с ними работают, знать об этом не нужно.',
  prepared: (code, tables, rows) =>
    `${code}: настройки записаны, подготовлено: ${format.tables(tables)}, к отправке: ${format.rows(rows)}`,
  explainNodes: () =>
    'Затем каждому говорят, с кем он обменивается. Склады знают только центральную базу; что изменит один, другой узнает ' +
    'через неё.',
  node: (code, peer) => `${code} обменивается с ${peer}`,
})

const firstLoad = (format: FormatMessages): FirstLoadTexts => ({
  heading: () => '2. Первая загрузка — письмами',
  explain: (rows) =>
    `В центральной базе ${format.rows(rows)} вместе с картинками, на складах пока ни одной. Переносить файл базы не нужно: ` +
    'всё уходит письмами ограниченного размера.',
  inMailbox: (letters) => `в ящике: ${format.letters(letters)}`,
  explainReceiving: () => 'Каждый склад забирает письма для себя, по порядку номеров.',
  explainAcknowledging: () =>
    'Каждый склад своим письмом подтвердил, что получил. Центральная база читает это и знает: повторять ничего не нужно.',
  isSplit: (code, letters) => `загрузка для ${code} заняла ${format.letters(letters)}`,
  isLoaded: (code, rows) => `у ${code} теперь все ${format.rows(rows)}`,
  isAnswered: () => 'сообщений без ответа не осталось',
})

const day: DayTexts = {
  heading: () => '3. Обычный день: каждый что-то меняет',
  explain: () =>
    'Это пишет обычное соединение с базой, как писала бы своя программа этого места. Об обмене оно ничего не знает.',
  explainSql: () =>
    'Заказ на складе; новая цена и удалённый товар в центральной базе; телефон покупателя на другом складе:',
  explainExchange: () =>
    'Склады отправляют изменения, центральная база принимает их и передаёт дальше:',
  explainRound: () => 'И склады забирают то, что пришло от центральной базы и друг от друга:',
  explainRead: () => 'Прочитано из каждой базы:',
  whatTitle: () => 'что',
  beforeTitle: () => 'было',
  nothing: () => 'нет',
  order: (orderId) => `покупатель в заказе ${orderId}`,
  orderLines: (orderId) => `строк в заказе ${orderId}`,
  price: (product) => `цена «${product}»`,
  product: (product) => `товар «${product}»`,
  productLines: (product) => `строк заказов с «${product}»`,
  phone: (customer) => `телефон ${customer}`,
  isEverywhere: (what) => `${what}: везде одинаково`,
}

const people = (format: FormatMessages): PeopleTexts => ({
  letters: (completeSubject) => [
    {
      from: 'Ольга Петрова <olga@example.org>',
      subject: 'Счёт № 512',
      text: 'Доброе утро! Счёт отправлен.\nОльга\n',
    },
    {
      from: 'Иван Сидоров <ivan@example.org>',
      subject: 'СООБЩЕНИЕ_ОБМЕНА: когда обедаем?',
      text: 'Интересно, что будет, если написать так.\nИван\n',
    },
    {
      from: 'Иван Сидоров <ivan@example.org>',
      subject: completeSubject,
      text: 'А так? Файла в письме нет.\nИван\n',
    },
  ],
  heading: () => '5. Письма людей',
  explain: () =>
    'Этим ящиком пользуются и люди. Ещё до первого обмена в нём лежали три письма: обычное; такое, чья тема начинается как у ' +
    'сообщения; и такое, чья тема в точности как у сообщения, но без вложения.',
  fromTitle: () => 'от кого',
  subjectTitle: () => 'тема',
  readTitle: () => 'состояние',
  unread: () => 'не прочитано',
  read: () => 'прочитано',
  isUntouched: (letters) =>
    `на месте и не прочитаны все: ${format.letters(letters)}; ничего другого в ящике нет`,
})

const result = (format: FormatMessages): ResultTexts => ({
  heading: () => '6. Итог',
  explainNodes: () => 'Каждый узел ведёт счёт сообщениям с каждым из других:',
  siteTitle: () => 'узел',
  nodeTitle: () => 'с кем',
  sentTitle: () => 'отправлено №',
  acknowledgedTitle: () => 'подтверждено №',
  receivedTitle: () => 'принято №',
  waitingTitle: () => 'строк ждёт',
  nothingWaits: (code) => `${code}: ничего не ждёт отправки`,
  explainChecksums: () =>
    'Каждая таблица на каждом узле и её контрольная сумма (первые 12 знаков SHA-256):',
  tableTitle: () => 'таблица',
  rowsTitle: () => 'строк',
  isSame: (table) => `таблица ${table} на всех узлах одинакова`,
  allSame: (tables) => `на всех трёх узлах одинаково: ${format.tables(tables)}`,
  explainLetters: (letters, size) => `Отправлено: ${format.letters(letters)}, всего ${size}:`,
  numberTitle: () => '№',
  subjectTitle: () => 'тема',
  sizeTitle: () => 'размер',
  fateTitle: () => '',
  fate: (fate) =>
    ({ deliver: '', lose: 'потеряно', duplicate: 'дважды', hold: 'с опозданием' })[fate],
})

const ending = (format: FormatMessages): EndingTexts => ({
  good: (seconds) => `Всё так, как должно быть (${seconds} с).`,
  bad: (differences) =>
    `Не так, как должно быть: ${format.number(differences)}. Ищите выше знак ✗.`,
  failed: (command, exitCode) => `Команда ${command} завершилась с кодом ${exitCode}.`,
  removed: () => 'Папка демонстрации удалена.',
  keepHint: () => 'Чтобы всё сохранить и попробовать самим: npm run demo -- --keep ПАПКА',
  kept: (path) =>
    `Всё осталось в папке ${path}. Чтобы продолжить, запустите почтовый сервер в отдельном окне:`,
  serve: () => 'В другом окне измените что-нибудь и обменяйтесь:',
  change: () => 'ваша программа или любой инструмент SQL меняет строку на складе',
  exchange: () => 'склад отправляет её, центральная база принимает',
  look: () => 'номера сообщений и что ждёт отправки',
  letters: (path) =>
    `Письма, которые лежат в ящике, — файлы в папке ${path}; их открывает любая почтовая программа.`,
})

const serving: ServingTexts = {
  running: ({ address, smtp, pop3 }) =>
    `Почтовый сервер демонстрации работает: ящик ${address}, SMTP ${smtp}, POP3 ${pop3}.`,
  stopHint: () => 'Остановить: Ctrl-C; письма останутся.',
  stopped: () => 'Почтовый сервер остановлен.',
  folderNotEmpty: (path) => `папка ${path} не пуста`,
  folderNotEmptyHint: () => 'укажите пустую или новую папку; в этой ничего не изменено',
  noDemo: (path) => `в папке ${path} нет сохранённой демонстрации`,
  noDemoHint: (path) => `сначала создайте её: npx obmen demo --keep ${path}`,
  portTaken: (port) => `порт ${port} почтового сервера занят другой программой`,
  portTakenHint: () =>
    'возможно, сервер уже работает; иначе остановите ту программу или создайте демонстрацию в другой папке',
}

/** The demo in Russian. */
export const makeRussianTexts: MakeDemoTexts = (format) => ({
  opening,
  joining: joining(format),
  firstLoad: firstLoad(format),
  day,
  mishaps: russianMishaps,
  people: people(format),
  result: result(format),
  ending: ending(format),
  serving,
})
