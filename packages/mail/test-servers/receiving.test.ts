import { readLaboratory } from './laboratory.ts'
import { describeImapDirectories } from './suites/model-imap.ts'
import { describePop3Connection } from './suites/model-pop3.ts'

const laboratory = readLaboratory()

describeImapDirectories(laboratory)
describePop3Connection(laboratory)
