import type { Command } from './command.ts'
import { helpOnNode } from './one-node-help.ts'

/** The help of `node add`. */
export const nodeAddHelp: Command['help'] = {
  en: {
    summary: 'add another node of the plan',
    usage: `Adds other nodes of the exchange plan by their codes. The next exchange offers each of them every row
of the plan; what is the same there already changes nothing. Add this node at their sites too.

usage: obmen node add NODE…

  --dry-run   tell what would be done, and do nothing
  --json      the result as JSON

Examples:
  obmen node add S01
  obmen node add S01 S02 S03
`,
  },
  ru: {
    summary: 'добавить другой узел плана',
    usage: `Добавляет другие узлы плана обмена по их кодам. При следующем обмене каждому будут переданы все
строки плана; то, что там уже такое же, не изменится. Добавьте этот узел и на их стороне.

вызов: obmen node add УЗЕЛ…

  --dry-run   рассказать, что было бы сделано, и ничего не делать
  --json      итог в виде JSON

Примеры:
  obmen node add С01
  obmen node add С01 С02 С03
`,
  },
}

/** The help of `node list`. */
export const nodeListHelp: Command['help'] = {
  en: {
    summary: 'list the other nodes',
    usage: `Lists the other nodes of the plan with the numbers of the last messages: sent to the node, acknowledged
by it, received from it. What waits for each is shown by: obmen status

usage: obmen node list

  --json      the result as JSON

Examples:
  obmen node list
  obmen node list --json
`,
  },
  ru: {
    summary: 'перечислить другие узлы',
    usage: `Перечисляет другие узлы плана с номерами последних сообщений: отправлено узлу, подтверждено им,
принято от него. Что ждёт отправки, показывает: obmen status

вызов: obmen node list

  --json      итог в виде JSON

Примеры:
  obmen node list
  obmen node list --json
`,
  },
}

/** The help of `node show`. */
export const nodeShowHelp: Command['help'] = {
  en: {
    summary: 'show everything about one node',
    usage: `Shows the message numbers of a node, what of them has no answer yet and since when, what was not yet
handed to the mail server, and whether messages from the node are missing.

usage: obmen node show NODE

  --json      the result as JSON

Examples:
  obmen node show S01
  obmen node show S01 --json
`,
  },
  ru: {
    summary: 'показать всё об одном узле',
    usage: `Показывает номера сообщений узла, что из них без ответа и с какого времени, что ещё не передано
почтовому серверу и не хватает ли сообщений от этого узла.

вызов: obmen node show УЗЕЛ

  --json      итог в виде JSON

Примеры:
  obmen node show С01
  obmen node show С01 --json
`,
  },
}

/** The help of `node set`. */
export const nodeSetHelp: Command['help'] = {
  en: {
    summary: 'set what the rules of the plan ask of a node',
    usage: `Sets attributes of a node, such as its warehouse or region. The rules in the configuration refer to them
as :NAME; every node has :code. The next exchange gives the node what its share has come to be.
A name with nothing behind it takes the attribute away.

usage: obmen node set NODE NAME=VALUE…

  --dry-run   tell what would be done, and do nothing
  --json      the result as JSON

Examples:
  obmen node set S01 warehouse=3
  obmen node set S01 region=north manager=
`,
  },
  ru: {
    summary: 'задать признаки узла для правил плана',
    usage: `Задаёт признаки узла, например склад или регион. Правила в настройке называют их :ИМЯ; у каждого
узла есть :code. При следующем обмене узел получит то, чем стала его доля. Имя без значения убирает
признак.

вызов: obmen node set УЗЕЛ ИМЯ=ЗНАЧЕНИЕ…

  --dry-run   рассказать, что было бы сделано, и ничего не делать
  --json      итог в виде JSON

Примеры:
  obmen node set С01 warehouse=3
  obmen node set С01 region=север manager=
`,
  },
}

const USAGE = helpOnNode('node remove')

/** The help of `node remove`. */
export const nodeRemoveHelp: Command['help'] = {
  en: {
    summary: 'stop exchanging with a node',
    usage: `Removes a node from the plan here: nothing more is sent to it or taken from it. The rows stay as they
are. Added again, it gets every row anew.
${USAGE.en}`,
  },
  ru: {
    summary: 'прекратить обмен с узлом',
    usage: `Удаляет узел из плана на этой стороне: ему больше ничего не отправляется и от него ничего не
принимается. Строки в базе остаются. Если добавить узел снова, он получит все строки заново.
${USAGE.ru}`,
  },
}
