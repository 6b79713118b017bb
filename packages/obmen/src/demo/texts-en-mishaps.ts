import type { MishapTexts } from './texts.ts'

/** What happens to letters, in English. */
export const englishMishaps: MishapTexts = {
  heading: () =>
    '4. The mail fails: a letter is lost, one comes twice, two come in the wrong order',
  explain: () =>
    'Mail is allowed to do all of that. From here on the mail host does it on purpose, and nobody repairs anything by hand.',
  fate: (fate, { from, to }) =>
    ({
      deliver: `✉ ${from} → ${to}: delivered`,
      lose: `✉ ${from} → ${to}: the mail host took the letter, and loses it`,
      duplicate: `✉ ${from} → ${to}: the mail host delivers the letter twice`,
      hold: `✉ ${from} → ${to}: the mail host took the letter, and keeps it back`,
    })[fate],
  lost: {
    title: 'A letter is lost.',
    begin: 'The head office changes a price, and the letter about it to С01 is lost:',
    next: 'Nobody knows yet. The next change goes out in the next letter:',
    heal: 'С01 sees from the number that something is missing. It does not guess: it asks, and the head office offers it again.',
  },
  twice: {
    title: 'A letter comes twice.',
    begin: 'С01 ships its order, and the letter about it is delivered twice:',
    next: 'The head office finds both:',
    heal: 'A number counts once, however often its letter comes.',
  },
  swapped: {
    title: 'Two letters come in the wrong order.',
    begin: 'С02 changes two things, one after the other. Both letters are kept back on their way:',
    next: 'The second letter arrives first:',
    heal: 'Then the first one arrives:',
  },
  settling: (exchanges) =>
    `Then all sites exchange in turn until nobody has anything more to send (${exchanges} exchanges).`,
  released: (number) => `✉ С02 → ЦБ: the ${number} letter is delivered now`,
  isHealed: (what) => `${what}: the same everywhere`,
  asked: (code, messageNo, receivedNo) =>
    `${code} let message ${messageNo} wait, because after ${receivedNo} something was missing, and asked for it`,
  offeredAgain: (code, to, afterNo) =>
    `${code} offered ${to} again everything after message ${afterNo}`,
  tookOnce: (code, messageNo) =>
    `${code} took message ${messageNo} once; the second letter had no effect`,
  hasAll: (code, receivedNo) => `${code} has everything up to message ${receivedNo}`,
  waited: (code, messageNo) =>
    `${code} let message ${messageNo} wait and applied nothing out of order`,
  inOrder: (code, numbers) => `${code} applied messages ${numbers.join(' and ')} in their order`,
  shipping: (orderId) => `shipping date of order ${orderId}`,
  supplierPhone: () => 'phone of the supplier',
  shipper: () => 'the new shipper',
}
