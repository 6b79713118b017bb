import { Enumeration } from '../enumeration.ts'

/** What a connection talks. */
export class InternetMailProtocol extends Enumeration {
  static readonly Imap: InternetMailProtocol = new InternetMailProtocol('Imap', 0)
  static readonly Pop3: InternetMailProtocol = new InternetMailProtocol('Pop3', 1)
  static readonly Smtp: InternetMailProtocol = new InternetMailProtocol('Smtp', 2)

  private constructor(name: string, index: number) {
    super(name, index)
    Object.freeze(this)
  }
}

/** Whether the texts of a letter are made ready before it is sent. */
export class InternetMailTextProcessing extends Enumeration {
  static readonly DontProcess: InternetMailTextProcessing = new InternetMailTextProcessing(
    'DontProcess',
    0,
  )
  /** A letter that has HTML and no plain text gets that too. */
  static readonly Process: InternetMailTextProcessing = new InternetMailTextProcessing('Process', 1)

  private constructor(name: string, index: number) {
    super(name, index)
    Object.freeze(this)
  }
}

/** What a text of a letter is written in. */
export class InternetMailTextType extends Enumeration {
  static readonly Html: InternetMailTextType = new InternetMailTextType('Html', 0)
  static readonly PlainText: InternetMailTextType = new InternetMailTextType('PlainText', 1)
  /** RFC 1896. Hardly any program shows it. */
  static readonly RichText: InternetMailTextType = new InternetMailTextType('RichText', 2)

  private constructor(name: string, index: number) {
    super(name, index)
    Object.freeze(this)
  }
}

/** How important a letter is to its sender. */
export class InternetMailMessageImportance extends Enumeration {
  static readonly Highest: InternetMailMessageImportance = new InternetMailMessageImportance(
    'Highest',
    0,
  )
  static readonly High: InternetMailMessageImportance = new InternetMailMessageImportance('High', 1)
  static readonly Normal: InternetMailMessageImportance = new InternetMailMessageImportance(
    'Normal',
    2,
  )
  static readonly Low: InternetMailMessageImportance = new InternetMailMessageImportance('Low', 3)
  static readonly Lowest: InternetMailMessageImportance = new InternetMailMessageImportance(
    'Lowest',
    4,
  )

  private constructor(name: string, index: number) {
    super(name, index)
    Object.freeze(this)
  }
}

/** How characters beyond ASCII are written in the header section. Letters are written as RFC 2047 has it whatever is set. */
export class InternetMailMessageNonAsciiSymbolsEncodingMode extends Enumeration {
  static readonly Mime: InternetMailMessageNonAsciiSymbolsEncodingMode =
    new InternetMailMessageNonAsciiSymbolsEncodingMode('Mime', 0)
  static readonly QuotedPrintable: InternetMailMessageNonAsciiSymbolsEncodingMode =
    new InternetMailMessageNonAsciiSymbolsEncodingMode('QuotedPrintable', 1)
  static readonly None: InternetMailMessageNonAsciiSymbolsEncodingMode =
    new InternetMailMessageNonAsciiSymbolsEncodingMode('None', 2)

  private constructor(name: string, index: number) {
    super(name, index)
    Object.freeze(this)
  }
}

/** How an attachment is written. Attachments are written as MIME has it whatever is set. */
export class InternetMailAttachmentEncodingMode extends Enumeration {
  static readonly Mime: InternetMailAttachmentEncodingMode = new InternetMailAttachmentEncodingMode(
    'Mime',
    0,
  )
  static readonly UuEncode: InternetMailAttachmentEncodingMode =
    new InternetMailAttachmentEncodingMode('UuEncode', 1)

  private constructor(name: string, index: number) {
    super(name, index)
    Object.freeze(this)
  }
}

/** Whether a letter that was read had the form that a letter has. */
export class InternetMailMessageParseStatus extends Enumeration {
  static readonly ErrorsDetected: InternetMailMessageParseStatus =
    new InternetMailMessageParseStatus('ErrorsDetected', 0)
  static readonly ErrorsNotDetected: InternetMailMessageParseStatus =
    new InternetMailMessageParseStatus('ErrorsNotDetected', 1)

  private constructor(name: string, index: number) {
    super(name, index)
    Object.freeze(this)
  }
}

/** How to log in to send. */
export class SmtpAuthenticationMode extends Enumeration {
  /** By the strongest mechanism that both sides have. */
  static readonly Default: SmtpAuthenticationMode = new SmtpAuthenticationMode('Default', 0)
  static readonly None: SmtpAuthenticationMode = new SmtpAuthenticationMode('None', 1)
  static readonly CramMd5: SmtpAuthenticationMode = new SmtpAuthenticationMode('CramMd5', 2)
  static readonly Login: SmtpAuthenticationMode = new SmtpAuthenticationMode('Login', 3)
  static readonly Plain: SmtpAuthenticationMode = new SmtpAuthenticationMode('Plain', 4)

  private constructor(name: string, index: number) {
    super(name, index)
    Object.freeze(this)
  }
}

/** How to log in to a mailbox by POP3. */
export class Pop3AuthenticationMode extends Enumeration {
  /** By the strongest mechanism that both sides have, by USER and PASS if there is none. */
  static readonly General: Pop3AuthenticationMode = new Pop3AuthenticationMode('General', 0)
  static readonly Apop: Pop3AuthenticationMode = new Pop3AuthenticationMode('Apop', 1)
  static readonly CramMd5: Pop3AuthenticationMode = new Pop3AuthenticationMode('CramMd5', 2)

  private constructor(name: string, index: number) {
    super(name, index)
    Object.freeze(this)
  }
}
