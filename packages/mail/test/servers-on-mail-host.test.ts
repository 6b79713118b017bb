/** The suites for real mail servers, against the mail host of this package: it is used in their place by everybody's tests. */
import { after } from 'node:test'

import { describePop3Login, describePop3Policy } from '../test-servers/suites/pop3-login.ts'
import { describePop3Deletion, describePop3Maildrop } from '../test-servers/suites/pop3-maildrop.ts'
import { describeMissingExtensions } from '../test-servers/suites/smtp-extensions.ts'
import { describeSmtpLimits } from '../test-servers/suites/smtp-limits.ts'
import { describeSmtpLogin, describeSmtpPolicy } from '../test-servers/suites/smtp-login.ts'
import {
  describePipelining,
  describeRefusalsBetween,
} from '../test-servers/suites/smtp-pipelining.ts'
import {
  describeSmtpRecipients,
  describeSmtpRefusals,
} from '../test-servers/suites/smtp-recipients.ts'
import { describeSmtpSending } from '../test-servers/suites/smtp-sending.ts'
import { describeTls } from '../test-servers/suites/tls.ts'
import { startHostLaboratory } from './testing/host-laboratory.ts'
import { takeCensus } from './census.ts'

takeCensus()

/** Little, so that a letter that is too large is soon made. */
const SIZE_LIMIT_OCTETS = 1_000_000

const { host, laboratory } = await startHostLaboratory({ sizeLimitOctets: SIZE_LIMIT_OCTETS })
after(() => host.close())

describeSmtpLogin(laboratory)
describeSmtpPolicy(laboratory)
describeTls(laboratory)
describeSmtpSending(laboratory)
describeSmtpRecipients(laboratory)
describeSmtpRefusals(laboratory)
describeSmtpLimits(laboratory)
describePipelining(laboratory)
describeRefusalsBetween(laboratory)
describeMissingExtensions(laboratory)
describePop3Login(laboratory)
describePop3Policy(laboratory)
describePop3Maildrop(laboratory)
describePop3Deletion(laboratory)
