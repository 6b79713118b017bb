/** Letters that an exchange has to leave alone. Some of them look almost like its own. */
import {
  formatFileName,
  type MessageFileName,
  parseNodeCode,
  parsePlanName,
  SUBJECT_PREFIX,
} from '@obmen/exchange'

import { toMessageNo } from '../../src/plan/message-no.ts'
import { formatHint, HINT_FIELD } from '../../src/transport/letter-hint.ts'
import type { StrangeKind } from '../world/step.ts'
import { composeOtherLetter, type OtherLetter } from './compose.ts'

/** Not even what is in the letter is any message. */
const CONTENT = new Uint8Array([1, 2, 3])

/** A letter of somebody else that resembles the one with such a message. */
export function composeStrangeLetter(
  kind: StrangeKind,
  name: MessageFileName,
): Promise<Uint8Array> {
  return composeOtherLetter(strangeLetter(kind, name))
}

function strangeLetter(kind: StrangeKind, name: MessageFileName): OtherLetter {
  const fileName = formatFileName(name)
  const subject = `${SUBJECT_PREFIX}${fileName}`
  const attachments = [{ fileName, content: CONTENT }]
  switch (kind) {
    case 'personal':
      return { subject: 'Прайс-лист на неделю', attachments: [attach('прайс.xlsx')] }
    case 'answer':
      return { subject: `Re: ${subject}`, attachments, headerFields: [MARK] }
    case 'other prefix':
      return { subject: `ОБМЕН: ${fileName}`, attachments, headerFields: [MARK] }
    case 'no prefix':
      return { subject: fileName, attachments, headerFields: [MARK] }
    case 'no attachment':
      return { subject }
    case 'other attachments':
      return { subject, attachments: [attach('фото.jpg'), attach(`копия ${fileName}`)] }
    case 'attachment of another':
      return { subject, attachments: [attach(formatFileName(ofOtherPlan(name)))] }
    case 'other plan':
      return addressed(ofOtherPlan(name))
    case 'other node':
      return addressed({ ...name, to: parseNodeCode(`${name.to}-2`) })
    case 'unreadable name':
      return { subject: `${subject.slice(0, subject.indexOf('.'))}х`, attachments }
  }
}

/** In all as an exchange writes it, but for another one, or for another of its nodes. */
function addressed(name: MessageFileName): OtherLetter {
  const fileName = formatFileName(name)
  return {
    subject: `${SUBJECT_PREFIX}${fileName}`,
    attachments: [attach(fileName)],
    headerFields: [MARK],
  }
}

function ofOtherPlan(name: MessageFileName): MessageFileName {
  return { ...name, plan: parsePlanName(`${name.plan}_${name.from}_${name.to}`) }
}

function attach(fileName: string): { readonly fileName: string; readonly content: Uint8Array } {
  return { fileName, content: CONTENT }
}

const MARK = {
  name: HINT_FIELD,
  value: formatHint({
    uuid: '0b9c1f2e-7a1d-4c3b-9e8f-1a2b3c4d5e6f',
    baseNo: toMessageNo(0),
    epoch: { counter: 1, random: '' },
  }),
}
