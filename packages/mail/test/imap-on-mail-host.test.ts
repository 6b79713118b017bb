/** The suites of IMAP and of the object model for real mail servers, against the mail host of this package. */
import { after } from 'node:test'

import { describeImapLogin, describeImapPolicy } from '../test-servers/suites/imap-login.ts'
import { describeImapMailbox } from '../test-servers/suites/imap-mailbox.ts'
import { describeImapDirectories } from '../test-servers/suites/model-imap.ts'
import { describePop3Connection } from '../test-servers/suites/model-pop3.ts'
import { startHostLaboratory } from './testing/host-laboratory.ts'
import { takeCensus } from './census.ts'

takeCensus()

const { host, laboratory } = await startHostLaboratory()
after(() => host.close())

describeImapLogin(laboratory)
describeImapPolicy(laboratory)
describeImapMailbox(laboratory)
describeImapDirectories(laboratory)
describePop3Connection(laboratory)
