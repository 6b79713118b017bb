/** The letter that carries a message, as the admin guide has it: the message's name as subject, its file as the one attachment. */
import {
  type ComposedMessage,
  composeMessage,
  formatMessageId,
  type MailboxAddress,
  type MessageDraft,
} from '@obmen/mail/mime'

import { formatFileName, formatSubject } from '../message/file-name.ts'
import { formatHint, HINT_FIELD } from './letter-hint.ts'
import type { OutgoingMessage } from './transport.ts'

/** The file is a stream of octets in zstd's own format (RFC 8878). */
const MEDIA_TYPE = 'application/zstd'

/** Composes the letter. Both nodes use one public address, so it is from and to the same. */
export function composeLetter(
  message: OutgoingMessage,
  address: MailboxAddress,
  subjectPrefix: string,
): ComposedMessage {
  const fileName = formatFileName(message.name)
  const draft: MessageDraft = {
    from: address,
    to: [address],
    subject: formatSubject(subjectPrefix, message.name),
    date: new Date(message.writtenAt),
    messageId: formatMessageId(message.hint.uuid, address.domain),
    boundary: message.hint.uuid.replaceAll('-', ''),
    headerFields: [
      // No vacation notice shall answer it (RFC 3834 §5).
      { name: 'Auto-Submitted', value: 'auto-generated' },
      { name: HINT_FIELD, value: formatHint(message.hint) },
    ],
    text: describe(message),
    attachments: [
      {
        fileName,
        contentType: MEDIA_TYPE,
        content: () => message.content(),
        sizeOctets: message.sizeOctets,
      },
    ],
  }
  return composeMessage(draft)
}

/** For the person who opens it. */
function describe({ name, rowCount }: OutgoingMessage): string {
  return [
    `Сообщение обмена данными № ${name.messageNo}: план обмена «${name.plan}», от узла ${name.from} узлу ${name.to}.`,
    rowCount === 0 ? 'Подтверждение приёма, без изменений.' : `Изменённых строк: ${rowCount}.`,
    'Письмо предназначено программе. Удалять его не нужно: получив, программа удалит его сама.',
    '',
    `Data exchange message no. ${name.messageNo} of plan "${name.plan}", from node ${name.from} to node ${name.to}.`,
    'It is meant for a program, which removes it once it is received. Please leave it where it is.',
    '',
  ].join('\n')
}
