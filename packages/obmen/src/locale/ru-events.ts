import type { ExchangeEvent, ForkEvidence } from '@obmen/exchange'
import { ImapCapabilityMissing } from '@obmen/mail/errors'

import type { FormatMessages } from './messages.ts'

/** What happens during an exchange, in Russian. */
export function describeEvent(event: ExchangeEvent, format: FormatMessages): string | undefined {
  switch (event.kind) {
    case 'inbox-read':
      return `почтовый ящик: ${format.messages(event.messages)} для этого узла`
    case 'unreadable-letter':
      return `письмо в почтовом ящике не читается и оставлено как есть: ${event.error.message}`
    case 'damaged-before':
      return `${event.node}: по-прежнему не читается: ${format.letters(event.messages)}, первое из них с сообщением ${event.firstNo}; чего не хватает, запрашивается или придёт ещё раз, а письма можно удалить вручную`
    case 'unknown-sender':
      return `${format.letters(event.messages)} от узла ${event.node}, которого здесь нет: obmen node add ${event.node}`
    case 'fetching':
      return `${event.node}: загрузка сообщения ${event.messageNo}`
    case 'tried-again':
      return `${event.node}: ещё одна попытка записать сообщение ${event.messageNo}`
    case 'applying':
      return `${event.node}: запись сообщения ${event.messageNo}, ${format.number(event.rowsDone)} из ${format.number(event.rowCount)}`
    case 'applied':
      return `${event.node}: сообщение ${event.messageNo} записано, ${format.rows(event.summary.applied)}${event.summary.refused > 0 ? `; отвергнутых строк ждёт: ${format.number(event.summary.refused)}` : ''}`
    case 'column-narrower': {
      const { table, column, here, there } = event.column
      return `таблица ${table}: столбец ${column} здесь ${here}, а в узле ${event.node} ${there}: строки со значениями, которые не помещаются, откладываются (obmen refused). Расширьте столбец здесь, и отложенные строки займут своё место сами`
    }
    case 'acknowledged':
      return `${event.node}: получил всё до сообщения ${event.messageNo} включительно`
    case 'duplicate':
      return `${event.node}: сообщение ${event.messageNo} пришло повторно и ничего не изменило`
    case 'stale':
      return `${event.node}: сообщение ${event.messageNo} осталось от прежнего обмена и ничего не изменило`
    case 'gap':
      return `${event.node}: сообщение ${event.messageNo} ждёт: после ${event.receivedNo} не хватает других, они запрошены`
    case 'offered-again':
      return `${event.node}: всё после сообщения ${event.afterNo} отправляется снова: ${REASONS[event.reason]}`
    case 'fork':
      return `${event.node}: обе стороны начинают обмен заново, ${evidenceOf(event.evidence)}. База восстановлена из копии или работает в двух экземплярах?`
    case 'new-epoch':
      return `${event.node}: начал обмен заново; всё сверяется ещё раз`
    case 'writing':
      return `${event.node}: подготовка сообщения, ${format.rows(event.rowsDone)}`
    case 'sent':
      return `${event.node}: сообщение ${event.messageNo} отправлено, ${format.rows(event.rowCount)}, ${format.size(event.sizeOctets)}`
    case 'difference':
      return `${event.node}: таблица ${event.difference.table} здесь и там разная; ничего не изменено. Подробности: obmen status`
    case 'keys-not-believed':
      return `${event.node}: сообщает, что ключи таблицы ${event.table} дошли до ${format.number(event.said)}, а здесь известно только о ${format.number(event.known)}: нового блока ключей он не получит, пока не придут строки с такими ключами или пока номер там не исправят`
    case 'keys-beyond-column':
      return `таблица ${event.table}: блок ключей с ${format.number(event.block.first)} по ${format.number(event.block.last)} не помещается в ключевой столбец, который кончается на ${format.number(event.limit)}: расширьте столбец (bigint) или уменьшите блоки в центре (keyBlocks), пока вставка строк не остановилась`
    case 'keys-exhausted':
      return `${event.node}: для таблицы ${event.table} не осталось блоков ключей: ключ кончается на ${format.number(event.limit)}. Нет ли строки с непомерно большим ключом? Если нет, расширьте столбец или уменьшите блоки (keyBlocks)`
    case 'window-full':
      return `${event.node}: ${format.messages(event.unacknowledged)} без ответа; остальное ждёт`
    case 'removal-unconfirmed':
      if (event.error instanceof ImapCapabilityMissing) {
        return 'обработанные письма остались, с пометкой на удаление: так помечены и другие, а этот почтовый сервер (без UIDPLUS) убирает только все сразу'
      }
      return 'обработанные письма сейчас не удалось удалить; в следующий раз они будут узнаны'
    case 'problem':
      return undefined
  }
}

function evidenceOf(evidence: ForkEvidence): string {
  switch (evidence.kind) {
    case 'received-otherwise':
      return `сообщение ${evidence.messageNo} уже приходило с другим содержимым`
    case 'never-sent':
      return `узел подтверждает сообщение ${evidence.messageNo}, а последнее отправленное отсюда — ${evidence.sentNo}`
    case 'sent-otherwise':
      return `узел подтверждает сообщение ${evidence.messageNo}, которое отсюда не отправлялось`
  }
}

type Reason = (ExchangeEvent & { readonly kind: 'offered-again' })['reason']

const REASONS: Readonly<Record<Reason, string>> = {
  gap: 'узлу не хватает части сообщений',
  overdue: 'давно нет ответа',
  'file-missing': 'сообщения не оказалось в папке spool',
}
