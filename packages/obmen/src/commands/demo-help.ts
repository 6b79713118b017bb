import type { Command } from './command.ts'

/** The help of `demo`. */
export const demoHelp: Command['help'] = {
  en: {
    summary: 'two warehouses and a head office exchange real data by mail, here and now',
    usage: `Starts a mail host in this process, makes three databases, and lets them exchange: the first load, changes at
every site, letters that are lost, come twice or in the wrong order, letters of people in the same mailbox.
At the end it compares everything. It needs no network and takes seconds.

usage: obmen demo [--keep DIR]
       obmen demo --serve DIR

  --keep DIR    leaves databases, configurations and letters in this folder, which must be empty or new,
                and tells how to go on with them
  --serve DIR   runs the mail host of a kept demo again, until Ctrl-C

It ends with 0 when everything is as it should be, and with 65 when something differs.

Examples:
  obmen demo
  obmen demo --keep demo-trade
  obmen demo --serve demo-trade
`,
  },
  ru: {
    summary: 'центральная база и два склада обмениваются по почте, прямо здесь',
    usage: `Запускает почтовый сервер в этой же программе, создаёт три базы данных и проводит между ними обмен: первую
загрузку, изменения в каждом узле, письма потерянные, пришедшие дважды и не по порядку, письма людей в том же
ящике. В конце всё сверяет. Сеть не нужна, занимает секунды.

вызов: obmen demo [--keep ПАПКА]
       obmen demo --serve ПАПКА

  --keep ПАПКА    оставляет базы, настройки и письма в этой папке (пустой или новой) и подсказывает,
                  что с ними можно сделать
  --serve ПАПКА   снова запускает почтовый сервер сохранённой демонстрации, до Ctrl-C

Код завершения 0, если всё так, как должно быть, и 65, если что-то отличается.

Примеры:
  obmen demo
  obmen demo --keep demo-trade
  obmen demo --serve demo-trade
`,
  },
}
