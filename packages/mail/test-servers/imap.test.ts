import { readLaboratory } from './laboratory.ts'
import { describeImapLogin, describeImapPolicy } from './suites/imap-login.ts'
import { describeImapMailbox } from './suites/imap-mailbox.ts'
import { takeCensus } from '../test/census.ts'

takeCensus()

const laboratory = readLaboratory()

describeImapLogin(laboratory)
describeImapPolicy(laboratory)
describeImapMailbox(laboratory)
