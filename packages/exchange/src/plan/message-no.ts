declare const messageNoBrand: unique symbol

/**
 * The number of an exchange message: counted by the sender for each receiver, only growing within an epoch,
 * beginning with 1. {@link NO_MESSAGE} (0) stands for "none yet".
 */
export type MessageNo = number & { readonly [messageNoBrand]: true }

export const NO_MESSAGE: MessageNo = toMessageNo(0)

/** The number after this one. */
export function nextMessageNo(no: MessageNo): MessageNo {
  return toMessageNo(no + 1)
}

/** Takes a number that was stored or received. Throws `RangeError` for anything but a whole number from 0 on. */
export function toMessageNo(no: number): MessageNo {
  if (!isMessageNo(no)) throw new RangeError(`${no} can't be a message number`)
  return no
}

function isMessageNo(no: number): no is MessageNo {
  return Number.isSafeInteger(no) && no >= 0
}
