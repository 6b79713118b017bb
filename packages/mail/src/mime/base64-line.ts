/** The lines that base64 is written in. */

/** 76 digits, the longest line that RFC 2045 §6.8 allows, hold 57 octets. */
export const LINE_OCTETS = 57
/** The digits of a line and its CRLF. */
export const ENCODED_LINE_OCTETS = 78

/** CR in the high octet. */
export const CRLF = 0x0d0a
