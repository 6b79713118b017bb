import { readLaboratory } from './laboratory.ts'
import { describeSmtpLimits } from './suites/smtp-limits.ts'
import {
  describePeculiarServers,
  describeSmtpLogin,
  describeSmtpPolicy,
} from './suites/smtp-login.ts'
import {
  describeSmtpDelays,
  describeSmtpDisconnection,
  describeSmtpRecipients,
  describeSmtpRefusals,
} from './suites/smtp-recipients.ts'
import {
  describeLargeLetters,
  describeSmtpSending,
  describeSmtpUtf8,
} from './suites/smtp-sending.ts'
import { describeTls } from './suites/tls.ts'
import { sweepAfterwards } from './sweep.ts'
import { takeCensus } from '../test/census.ts'

takeCensus()

const laboratory = readLaboratory()

describeSmtpLogin(laboratory)
describeSmtpPolicy(laboratory)
describePeculiarServers(laboratory)
describeTls(laboratory)
describeSmtpSending(laboratory)
describeSmtpUtf8(laboratory)
describeSmtpRecipients(laboratory)
describeSmtpRefusals(laboratory)
describeSmtpDisconnection(laboratory)
describeSmtpDelays(laboratory)
describeSmtpLimits(laboratory)
describeLargeLetters(laboratory)
sweepAfterwards(laboratory)
